"""Classify: the classes and scores of each example."""

import numpy as np
from tensorflow.core.framework.types_pb2 import DT_FLOAT, DT_STRING, DataType
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef
from tensorflow_serving.apis.classification_pb2 import (
    ClassificationRequest,
    ClassificationResponse,
    ClassificationResult,
)
from tensorflow_serving.apis.input_pb2 import Input
from tensorflow_serving.apis.model_pb2 import ModelSpec

from mtl_rec.serving.local.examples import (
    answered_spec,
    check_input,
    named_signature,
    run_examples,
)
from mtl_rec.serving.local.loaded_version import LoadedVersion
from mtl_rec.serving.local.status import invalid_argument

_TYPES = {"classes": DT_STRING, "scores": DT_FLOAT}


def answer_classify(
    version: LoadedVersion, request: ClassificationRequest
) -> ClassificationResponse:
    """The reply to a request, of one version."""
    return ClassificationResponse(
        result=classify(version, request.model_spec, request.input),
        model_spec=answered_spec(version, request.model_spec),
    )


def classify(
    version: LoadedVersion, spec: ModelSpec, examples: Input
) -> ClassificationResult:
    """Classes and scores of examples, by the signature that is asked for.

    Raises:
        StatusError: It does not classify, or the examples do not fit.
    """
    signature = named_signature(version, spec)
    outputs = _outputs(signature)
    return _result(run_examples(version, signature, outputs, examples))


def _outputs(signature: SignatureDef) -> list[str]:
    """Names of the outputs to fetch."""
    check_input(signature, "classification")
    if len(signature.outputs) not in (1, 2):
        raise invalid_argument(
            "Expected one or two output Tensors for classification. "
            f"Received: {', '.join(sorted(signature.outputs))}."
        )
    found = [name for name in _TYPES if name in signature.outputs]
    if not found:
        raise invalid_argument(
            "Expected classification signature outputs to contain at least one of "
            f"'classes' or 'scores'. Received: {', '.join(sorted(signature.outputs))}."
        )
    for name in found:
        if signature.outputs[name].dtype != _TYPES[name]:
            expected = DataType.Name(_TYPES[name])
            raise invalid_argument(f"Expected {name} Tensor of {expected}.")
    return found


def _result(arrays: dict[str, np.ndarray]) -> ClassificationResult:
    """Classes and scores, each of shape `(rows, classes)`, as a message."""
    shapes = {array.shape for array in arrays.values()}
    shape = min(shapes)
    if len(shapes) > 1 or len(shape) != 2:
        raise invalid_argument(
            "Expected Tensors of one shape, [batch_size num_classes]. "
            f"Received: {', '.join(str(list(each)) for each in sorted(shapes))}."
        )
    labels = arrays.get("classes", np.full(shape, b"", object)).tolist()
    scores = arrays.get("scores", np.zeros(shape)).tolist()
    result = ClassificationResult()
    for row in zip(labels, scores, strict=True):
        classes = result.classifications.add().classes
        for label, score in zip(*row, strict=True):
            # The field is text, which names of tasks always are.
            classes.add(label=label.decode(errors="replace"), score=score)
    return result
