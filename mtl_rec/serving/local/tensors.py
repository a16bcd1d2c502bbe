"""Tensors of messages to NumPy arrays and back."""

import math
from typing import NamedTuple

import numpy as np
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow.core.framework.types_pb2 import (
    DT_BOOL,
    DT_DOUBLE,
    DT_FLOAT,
    DT_INT8,
    DT_INT16,
    DT_INT32,
    DT_INT64,
    DT_STRING,
    DT_UINT8,
    DT_UINT32,
    DT_UINT64,
    DataType,
)

from mtl_rec.serving.local.status import invalid_argument

MAX_VALUES, MAX_DIMENSIONS = 2**24, 8
"""Limits of a tensor of a request, as a few bytes can ask for any size."""


class ValueType(NamedTuple):
    """How a type of TensorFlow is held in NumPy and in a message."""

    numpy: type
    field: str


VALUE_TYPES: dict[int, ValueType] = {
    DT_FLOAT: ValueType(np.float32, "float_val"),
    DT_DOUBLE: ValueType(np.float64, "double_val"),
    DT_INT8: ValueType(np.int8, "int_val"),
    DT_INT16: ValueType(np.int16, "int_val"),
    DT_INT32: ValueType(np.int32, "int_val"),
    DT_UINT8: ValueType(np.uint8, "int_val"),
    DT_INT64: ValueType(np.int64, "int64_val"),
    DT_UINT32: ValueType(np.uint32, "uint32_val"),
    DT_UINT64: ValueType(np.uint64, "uint64_val"),
    DT_BOOL: ValueType(np.bool_, "bool_val"),
    DT_STRING: ValueType(np.object_, "string_val"),
}
"""Types that requests and replies can have, by TensorFlow's number."""


def type_name(data_type: int) -> str:
    """TensorFlow's name of a type, `DT_FLOAT` for one."""
    names = {number: name for name, number in DataType.items()}
    return names.get(data_type, f"type {data_type}")  # type: ignore[call-overload]


def array_of(proto: TensorProto, name: str) -> np.ndarray:
    """The values of a tensor; strings are `bytes`.

    Args:
        proto: The tensor.
        name: Of the input it was sent for.

    Raises:
        StatusError: Its parts contradict one another.
    """
    value_type = VALUE_TYPES.get(proto.dtype)
    if value_type is None:
        raise invalid_argument(
            f"Input '{name}' has type {type_name(proto.dtype)}, which can't be sent."
        )
    shape = _shape(proto, name)
    size = math.prod(shape)
    if proto.tensor_content:
        values = _content(proto, name, value_type.numpy, size)
    else:
        values = _values(proto, name, value_type, size)
    return values.reshape(shape)


def proto_of(array: np.ndarray, data_type: int) -> TensorProto:
    """A tensor with its values one by one, as the replies of a server hold them.

    Args:
        array: The values.
        data_type: TensorFlow's number of their type.
    """
    value_type = VALUE_TYPES.get(data_type)
    if value_type is None:
        raise invalid_argument(
            f"Outputs of type {type_name(data_type)} can't be answered."
        )
    proto = TensorProto(dtype=data_type)  # type: ignore[arg-type]
    for length in array.shape:
        proto.tensor_shape.dim.add(size=length)
    getattr(proto, value_type.field).extend(array.ravel().tolist())
    return proto


def check_size(shape: tuple[int, ...], name: str) -> None:
    """Refuses a shape beyond the limits.

    Args:
        shape: Of a tensor that is about to be made.
        name: Of the input it was sent for.
    """
    too_many = max(shape, default=0) > MAX_VALUES or math.prod(shape) > MAX_VALUES
    if too_many or len(shape) > MAX_DIMENSIONS:
        lengths = ", ".join(map(str, shape[:MAX_DIMENSIONS]))
        more = ", ..." if len(shape) > MAX_DIMENSIONS else ""
        raise invalid_argument(
            f"Input '{name}' must have {MAX_VALUES} values and {MAX_DIMENSIONS} "
            f"dimensions at most. Received: shape [{lengths}{more}]."
        )


def shortest_float32(value: float) -> float:
    """The float with the fewest decimals that is the same as float32."""
    return float(str(np.float32(value)))


def _shape(proto: TensorProto, name: str) -> tuple[int, ...]:
    shape = tuple(dimension.size for dimension in proto.tensor_shape.dim)
    if proto.tensor_shape.unknown_rank or min(shape, default=0) < 0:
        raise invalid_argument(f"Input '{name}' must have a known shape.")
    check_size(shape, name)
    return shape


def _content(proto: TensorProto, name: str, numpy_type: type, size: int) -> np.ndarray:
    if numpy_type is np.object_:
        raise invalid_argument(
            f"Input '{name}' must hold its strings in `string_val`. "
            "Received: `tensor_content`."
        )
    expected_bytes = size * np.dtype(numpy_type).itemsize
    if len(proto.tensor_content) != expected_bytes:
        raise invalid_argument(
            f"Input '{name}' must have {expected_bytes} bytes of `tensor_content` for "
            f"its shape and type. Received: {len(proto.tensor_content)}."
        )
    return np.frombuffer(proto.tensor_content, numpy_type)


def _values(
    proto: TensorProto, name: str, value_type: ValueType, size: int
) -> np.ndarray:
    """The listed values; the last one stands for all that are left out."""
    sent = list(getattr(proto, value_type.field))
    if len(sent) > size:
        raise invalid_argument(
            f"Input '{name}' must have the {size} values of its shape. "
            f"Received: {len(sent)}."
        )
    values = np.empty(size, value_type.numpy)
    try:
        values[: len(sent)] = sent
        values[len(sent) :] = sent[-1] if sent else _nothing(value_type)
    except OverflowError as error:
        message = f"Input '{name}' has values that its type can't hold: {error}."
        raise invalid_argument(message) from error
    return values


def _nothing(value_type: ValueType) -> bytes | int:
    return b"" if value_type.numpy is np.object_ else 0
