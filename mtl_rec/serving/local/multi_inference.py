"""MultiInference: several classifications and regressions of the same examples."""

from collections.abc import Callable

import grpc
from tensorflow_serving.apis.inference_pb2 import (
    InferenceResult,
    InferenceTask,
    MultiInferenceRequest,
    MultiInferenceResponse,
)
from tensorflow_serving.apis.input_pb2 import Input
from tensorflow_serving.apis.model_pb2 import ModelSpec

from mtl_rec.serving.local.classifying import classify
from mtl_rec.serving.local.examples import answered_spec
from mtl_rec.serving.local.loaded_version import DEFAULT_SIGNATURE, LoadedVersion
from mtl_rec.serving.local.regressing import regress
from mtl_rec.serving.local.status import StatusError, invalid_argument


def multi_inference_spec(request: MultiInferenceRequest) -> ModelSpec:
    """The model of a request, which all of its tasks must ask for.

    Raises:
        StatusError: There are none, or several, or a signature is asked for twice.
    """
    if not request.tasks:
        raise invalid_argument("Inference request must have one task or more.")
    specs = [task.model_spec for task in request.tasks]
    if len({spec.name for spec in specs}) > 1:
        raise invalid_argument(
            "All ModelSpecs in a MultiInferenceRequest must access the same model name."
        )
    signatures = [spec.signature_name or DEFAULT_SIGNATURE for spec in specs]
    for name in signatures:
        if signatures.count(name) > 1:
            raise invalid_argument(f"Duplicate evaluation of signature: {name}")
    return specs[0]


def answer_multi_inference(
    version: LoadedVersion, request: MultiInferenceRequest
) -> MultiInferenceResponse:
    """The reply to a request, of one version."""
    multi_inference_spec(request)
    results = [_result(version, task, request.input) for task in request.tasks]
    return MultiInferenceResponse(results=results)


def _result(
    version: LoadedVersion, task: InferenceTask, examples: Input
) -> InferenceResult:
    method = _METHODS.get(task.method_name)
    if method is None:
        raise StatusError(
            grpc.StatusCode.UNIMPLEMENTED,
            f"Unsupported signature method_name: {task.method_name}. Allowed: "
            f"{', '.join(_METHODS)}.",
        )
    result = method(version, task.model_spec, examples)
    result.model_spec.CopyFrom(answered_spec(version, task.model_spec))
    return result


def _classified(
    version: LoadedVersion, spec: ModelSpec, examples: Input
) -> InferenceResult:
    return InferenceResult(classification_result=classify(version, spec, examples))


def _regressed(
    version: LoadedVersion, spec: ModelSpec, examples: Input
) -> InferenceResult:
    return InferenceResult(regression_result=regress(version, spec, examples))


_METHODS: dict[str, Callable[[LoadedVersion, ModelSpec, Input], InferenceResult]] = {
    "tensorflow/serving/classify": _classified,
    "tensorflow/serving/regress": _regressed,
}
