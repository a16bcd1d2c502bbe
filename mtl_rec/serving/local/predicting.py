"""Predict: named tensors in, named tensors out."""

from collections.abc import Mapping, Sequence

import grpc
import numpy as np
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow.core.framework.types_pb2 import DT_INVALID
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef
from tensorflow_serving.apis.predict_pb2 import PredictRequest, PredictResponse

from mtl_rec.serving.local.loaded_version import DEFAULT_SIGNATURE, LoadedVersion
from mtl_rec.serving.local.status import StatusError, invalid_argument
from mtl_rec.serving.local.tensors import array_of, proto_of, type_name


def answer_predict(version: LoadedVersion, request: PredictRequest) -> PredictResponse:
    """The reply to a request, of one version."""
    signature_name = request.model_spec.signature_name or DEFAULT_SIGNATURE
    signature = version.signatures.get(signature_name)
    if signature is None:
        raise StatusError(
            grpc.StatusCode.FAILED_PRECONDITION,
            f'Serving signature key "{signature_name}" not found. Known: '
            f"{', '.join(sorted(version.signatures))}.",
        )
    inputs = _decoded(signature, request.inputs)
    response = PredictResponse()
    outputs = predict(version, signature, inputs, request.output_filter)
    for name, array in outputs.items():
        tensor = proto_of(array, signature.outputs[name].dtype)
        response.outputs[name].CopyFrom(tensor)
    response.model_spec.name = version.name
    response.model_spec.signature_name = signature_name
    response.model_spec.version.value = version.number
    return response


def predict(
    version: LoadedVersion,
    signature: SignatureDef,
    inputs: Mapping[str, np.ndarray],
    output_filter: Sequence[str] = (),
) -> dict[str, np.ndarray]:
    """Runs a signature once.

    Args:
        version: What to run.
        signature: One of its signatures.
        inputs: Values of all of the signature's inputs, of their types.
        output_filter: Names of the outputs to return; all if empty.
    """
    names = _outputs(signature, output_filter)
    tensors = [signature.outputs[name] for name in names]
    if any(tensor.dtype == DT_INVALID for tensor in tensors):
        raise invalid_argument("The signature has an output without a type.")
    arrays = version.run(inputs, signature.inputs, tensors)
    return dict(zip(names, arrays, strict=True))


def _decoded(
    signature: SignatureDef, protos: Mapping[str, TensorProto]
) -> dict[str, np.ndarray]:
    _check_names(signature, protos)
    arrays = {}
    for name, proto in protos.items():
        expected = signature.inputs[name].dtype
        if proto.dtype != expected:
            raise invalid_argument(
                f"Input '{name}' must have type {type_name(expected)}. "
                f"Received: {type_name(proto.dtype)}."
            )
        arrays[name] = array_of(proto, name)
    return arrays


def _check_names(signature: SignatureDef, protos: Mapping[str, TensorProto]) -> None:
    sent, known = set(protos), set(signature.inputs)
    required = known - set(signature.defaults)
    if sent - known or required - sent:
        raise invalid_argument(
            f"input size does not match signature: {len(sent)}!={len(known)} "
            f"len({_braced(sent)}) != len({_braced(known)}). "
            f"Sent extra: {_braced(sent - known)}. "
            f"Missing but required: {_braced(required - sent)}."
        )


def _outputs(signature: SignatureDef, output_filter: Sequence[str]) -> list[str]:
    for name in output_filter:
        if name not in signature.outputs:
            raise invalid_argument(
                f"output tensor alias not found in signature: {name} "
                f"Outputs expected to be in the set {_braced(set(signature.outputs))}."
            )
    if len(set(output_filter)) != len(output_filter):
        raise invalid_argument(
            f"duplicate output tensor alias in {', '.join(output_filter)}"
        )
    return list(output_filter) or sorted(signature.outputs)


def _braced(names: set[str]) -> str:
    return "{" + ",".join(sorted(names)) + "}"
