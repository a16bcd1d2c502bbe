"""`:predict` of the REST API: rows or columns in, rows or columns out."""

import reprlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef, TensorInfo

from mtl_rec.serving.local.json_documents import parsed_object, signature_name_of
from mtl_rec.serving.local.json_tensors import (
    array_from_json,
    array_to_json,
    is_base64,
)
from mtl_rec.serving.local.loaded_version import DEFAULT_SIGNATURE, LoadedVersion
from mtl_rec.serving.local.predicting import predict
from mtl_rec.serving.local.status import invalid_argument

Inputs = Mapping[str, TensorInfo]


def reply_predict(version: LoadedVersion, body: bytes) -> dict[str, Any]:
    """The reply to a request, of one version."""
    document = parsed_object(body)
    name = signature_name_of(document) or DEFAULT_SIGNATURE
    if name not in version.signatures:
        raise invalid_argument(
            f'Serving signature name: "{name}" not found in signature def. Known: '
            f"{', '.join(sorted(version.signatures))}."
        )
    signature = version.signatures[name]
    if not signature.inputs:
        raise invalid_argument(f"Failed to get input map for signature: {name}")
    as_rows, arrays = _arrays(document, signature.inputs)
    outputs = predict(version, signature, arrays)
    if as_rows:
        return {"predictions": _rows(signature, outputs)}
    return {"outputs": _columns(signature, outputs)}


def _arrays(
    document: dict[str, Any], inputs: Inputs
) -> tuple[bool, dict[str, np.ndarray]]:
    """Whether the request has rows, and its tensors."""
    if "instances" in document and "inputs" in document:
        raise invalid_argument(
            "Not formatted correctly expecting only one of 'inputs' or 'instances' "
            "keys to exist"
        )
    if "instances" in document:
        columns = _columns_of(document["instances"], inputs)
        return True, _typed(columns, inputs)
    if "inputs" in document:
        return False, _typed(_named(document["inputs"], inputs), inputs)
    raise invalid_argument("Missing 'inputs' or 'instances' key")


def _columns_of(instances: Any, inputs: Inputs) -> dict[str, list[Any]]:
    """Values of each input over the rows."""
    if not isinstance(instances, list):
        raise invalid_argument("Expecting 'instances' to be an list/array")
    if not instances:
        raise invalid_argument("No values in 'instances' array")
    if not _is_object(instances[0]):
        (name,) = _only(inputs, "instances is a plain list, but expecting objects")
        for position, value in enumerate(instances):
            if _is_object(value):
                raise invalid_argument(
                    f"Expecting value/list but got object at item {position} of "
                    "input list"
                )
        return {name: instances}
    for position, row in enumerate(instances):
        _check_row(position, row, inputs)
    return {name: [row[name] for row in instances] for name in inputs}


def _check_row(position: int, row: Any, inputs: Inputs) -> None:
    if not _is_object(row):
        raise invalid_argument(
            f"Expecting object but got list at item {position} of input list"
        )
    if row.keys() != inputs.keys():
        raise invalid_argument(
            f"Failed to process element: {position} of 'instances' list. JSON object: "
            f"{reprlib.repr(row)} keys must be equal to: {','.join(sorted(inputs))}. "
            f"Missing: {','.join(sorted(inputs.keys() - row.keys())) or 'none'}. "
            f"Extra: {','.join(sorted(row.keys() - inputs.keys())) or 'none'}."
        )


def _named(values: Any, inputs: Inputs) -> dict[str, Any]:
    if not _is_object(values):
        (name,) = _only(inputs, "inputs is a plain value/list, but expecting an object")
        return {name: values}
    for name in inputs:
        if name not in values:
            raise invalid_argument(f"Missing named input: {name} in 'inputs' object.")
    return {name: values[name] for name in inputs}


def _only(inputs: Inputs, problem: str) -> list[str]:
    if len(inputs) > 1:
        raise invalid_argument(
            f"{problem} as multiple input tensors required: {','.join(sorted(inputs))}"
        )
    return list(inputs)


def _typed(columns: Mapping[str, Any], inputs: Inputs) -> dict[str, np.ndarray]:
    return {
        name: array_from_json(values, inputs[name].dtype, name)
        for name, values in columns.items()
    }


def _rows(signature: SignatureDef, outputs: Mapping[str, np.ndarray]) -> list[Any]:
    lengths = {name: array.shape[:1] for name, array in outputs.items()}
    if () in lengths.values() or len(set(lengths.values())) != 1:
        shapes = ", ".join(f"{name} {list(a.shape)}" for name, a in outputs.items())
        raise invalid_argument(
            "Outputs must share their batch size to be answered in rows. Received: "
            f"{shapes}. Send 'inputs' instead of 'instances'."
        )
    columns = _values(signature, outputs)
    if len(columns) == 1:
        return next(iter(columns.values()))
    return [
        dict(zip(columns, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ]


def _columns(signature: SignatureDef, outputs: Mapping[str, np.ndarray]) -> Any:
    columns = _values(signature, outputs)
    return next(iter(columns.values())) if len(columns) == 1 else columns


def _values(
    signature: SignatureDef, outputs: Mapping[str, np.ndarray]
) -> dict[str, Any]:
    return {
        name: array_to_json(array, signature.outputs[name].dtype, name)
        for name, array in outputs.items()
    }


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and not is_base64(value)
