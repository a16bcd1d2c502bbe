"""Regress: one number for each example."""

import numpy as np
from tensorflow.core.framework.types_pb2 import DT_FLOAT
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef
from tensorflow_serving.apis.input_pb2 import Input
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.regression_pb2 import (
    Regression,
    RegressionRequest,
    RegressionResponse,
    RegressionResult,
)

from mtl_rec.serving.local.examples import (
    answered_spec,
    check_input,
    named_signature,
    run_examples,
)
from mtl_rec.serving.local.loaded_version import LoadedVersion
from mtl_rec.serving.local.status import invalid_argument

OUTPUT = "outputs"


def answer_regress(
    version: LoadedVersion, request: RegressionRequest
) -> RegressionResponse:
    """The reply to a request, of one version."""
    return RegressionResponse(
        result=regress(version, request.model_spec, request.input),
        model_spec=answered_spec(version, request.model_spec),
    )


def regress(
    version: LoadedVersion, spec: ModelSpec, examples: Input
) -> RegressionResult:
    """A number for each example, by the signature that is asked for.

    Raises:
        StatusError: It does not regress, or the examples do not fit.
    """
    signature = named_signature(version, spec)
    outputs = _outputs(signature)
    return _result(run_examples(version, signature, outputs, examples))


def _outputs(signature: SignatureDef) -> list[str]:
    """Names of the outputs to fetch."""
    check_input(signature, "regression")
    if len(signature.outputs) != 1 or OUTPUT not in signature.outputs:
        raise invalid_argument(
            f"Expected one output Tensor for regression, named '{OUTPUT}'. "
            f"Received: {', '.join(sorted(signature.outputs))}."
        )
    if signature.outputs[OUTPUT].dtype != DT_FLOAT:
        raise invalid_argument("Expected output Tensor of DT_FLOAT.")
    return [OUTPUT]


def _result(arrays: dict[str, np.ndarray]) -> RegressionResult:
    """Numbers of shape `(rows,)` or `(rows, 1)` as a message."""
    values = arrays[OUTPUT]
    if values.ndim not in (1, 2) or values.shape[1:] not in ((), (1,)):
        raise invalid_argument(
            "Expected output Tensor shape to be either [batch_size] or "
            f"[batch_size, 1]. Received: {list(values.shape)}."
        )
    return RegressionResult(
        regressions=[Regression(value=value) for value in values.ravel().tolist()]
    )
