"""One warm-up request, and the `PredictionLog` that a server reads it from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from mtl_rec.config.served_names import CLASSIFY, ROWS, regress_signature
from mtl_rec.export.rungs.rung_protocol import Arrays
from mtl_rec.export.signature_types import stored_type

Method = Literal["predict", "classify", "regress"]

_EXAMPLES = "inputs"
_OUTPUTS_OF = {"classify": {"scores", "classes"}, "regress": {"outputs"}}


@dataclass(frozen=True)
class WarmUpRecord:
    """One request.

    Args:
        signature: That answers it.
        method: Of the server.
        inputs: Values of every input by name; of `classify` and `regress`, serialized
            `tf.Example`s named `inputs`.
    """

    signature: str
    method: Method
    inputs: Arrays


def own_method(signature: str) -> Method:
    """The method that a signature was made for."""
    if signature == CLASSIFY:
        return "classify"
    return "regress" if signature.startswith(regress_signature("")) else "predict"


def find_record_problem(
    record: WarmUpRecord, signatures: Mapping[str, Any]
) -> str | None:
    """Why a server would refuse a record, or None.

    Args:
        record: To check.
        signatures: Every `SignatureDef` of the version by name.
    """
    signature = signatures.get(record.signature)
    if signature is None:
        return (
            f"its signature must be one of {sorted(signatures)}. Received: "
            f"'{record.signature}'."
        )
    if record.inputs.keys() != signature.inputs.keys():
        return (
            f"the inputs of '{record.signature}' must be {sorted(signature.inputs)}. "
            f"Received: {sorted(record.inputs)}."
        )
    for name, values in record.inputs.items():
        if not _fits(values, signature.inputs[name]):
            return (
                f"'{name}' of '{record.signature}' must be "
                f"{stored_type(signature.inputs[name])} (-1 is any size). "
                f"Received: {values.dtype} {list(values.shape)}."
            )
    sizes = {len(values) for values in record.inputs.values()}
    if len(sizes) > 1 or 0 in sizes:
        return f"its inputs must have one size of batch, not 0. Received: {sizes}."
    outputs = set(signature.outputs)
    if record.method != "predict" and not (
        set(record.inputs) == {_EXAMPLES} and outputs <= _OUTPUTS_OF[record.method]
    ):
        return (
            f"'{record.signature}' does not answer {record.method}: its inputs are "
            f"{sorted(signature.inputs)} and its outputs {sorted(outputs)}."
        )
    return None


def to_log(record: WarmUpRecord, signature: Any) -> bytes:
    """The record as a serialized `PredictionLog`.

    Args:
        record: Without a problem.
        signature: Its `SignatureDef`.
    """
    log = prediction_log_pb2.PredictionLog()
    # The model's name is left out, as whoever serves the version chooses it.
    if record.method == "predict":
        request = log.predict_log.request
        for name, values in record.inputs.items():
            request.inputs[name].CopyFrom(
                tf.make_tensor_proto(values, signature.inputs[name].dtype)
            )
    else:
        logs = {"classify": log.classify_log, "regress": log.regress_log}
        request = logs[record.method].request
        for example in record.inputs[_EXAMPLES]:
            request.input.example_list.examples.add().MergeFromString(example)
    request.model_spec.signature_name = record.signature
    return log.SerializeToString()


def from_log(serialized: bytes) -> WarmUpRecord:
    """The record that `to_log` wrote.

    Raises:
        DecodeError: It is no `PredictionLog`.
        ValueError: It is one of another kind, or its tensors are damaged.
    """
    log = prediction_log_pb2.PredictionLog.FromString(serialized)
    match log.WhichOneof("log_type"):
        case "predict_log":
            request = log.predict_log.request
            inputs = {n: tf.make_ndarray(t) for n, t in request.inputs.items()}
            return WarmUpRecord(_signature(request), "predict", inputs)
        case "classify_log":
            return _from_examples(log.classify_log.request, "classify")
        case "regress_log":
            return _from_examples(log.regress_log.request, "regress")
        case kind:
            raise ValueError(f"it must ask for one prediction. Received: {kind}")


def _from_examples(request: Any, method: Method) -> WarmUpRecord:
    examples = request.input.example_list.examples
    values = np.empty(len(examples), object)
    values[:] = [example.SerializeToString() for example in examples]
    return WarmUpRecord(_signature(request), method, {_EXAMPLES: values})


def _signature(request: Any) -> str:
    return request.model_spec.signature_name or ROWS


def _fits(values: np.ndarray, info: Any) -> bool:
    dtype = tf.dtypes.as_dtype(info.dtype)
    if not tf.TensorShape(info.tensor_shape).is_compatible_with(values.shape):
        return False
    if dtype == tf.string:
        return values.dtype.kind in "OSU"
    return np.can_cast(values.dtype, dtype.as_numpy_dtype, "same_kind")
