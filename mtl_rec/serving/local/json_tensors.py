"""JSON values to tensors and back, by the rules of TensorFlow Serving's REST API."""

import base64
import binascii
import reprlib
from collections.abc import Callable
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from tensorflow.core.framework.types_pb2 import DT_BOOL, DT_DOUBLE, DT_FLOAT, DT_STRING

from mtl_rec.serving.local.status import invalid_argument
from mtl_rec.serving.local.tensors import VALUE_TYPES, check_size, type_name

BASE64_KEY = "b64"
BYTES_SUFFIX = "_bytes"

_INTEGERS = {
    data_type
    for data_type, value_type in VALUE_TYPES.items()
    if np.issubdtype(value_type.numpy, np.integer)
}
_FLOATS = {DT_FLOAT, DT_DOUBLE}


def is_base64(value: Any) -> bool:
    """Whether a JSON value stands for bytes: `{"b64": "..."}`."""
    return (
        isinstance(value, dict)
        and value.keys() == {BASE64_KEY}
        and isinstance(value[BASE64_KEY], str)
    )


def array_from_json(value: Any, data_type: int, name: str) -> np.ndarray:
    """A tensor of the shape that the first elements of nested lists say.

    Args:
        value: One value or lists of lists.
        data_type: TensorFlow's number of the type that is wanted.
        name: Of the input.

    Raises:
        StatusError: Lists differ in length, or a value is of another type.
    """
    if data_type not in VALUE_TYPES:
        raise invalid_argument(
            f"Input '{name}' has type {type_name(data_type)}, which JSON can't hold."
        )
    shape = _shape(value)
    check_size(shape, name)
    leaves = _leaves(value, shape, name)
    return _typed(leaves, data_type, name).reshape(shape)


def array_to_json(array: np.ndarray, data_type: int, name: str) -> Any:
    """Nested lists of the values of an output.

    Args:
        array: The values; strings are `bytes`.
        data_type: TensorFlow's number of their type.
        name: Of the output; bytes are base64 where it ends in `_bytes`.
    """
    if data_type not in VALUE_TYPES:
        raise invalid_argument(
            f"Failed to write JSON value for tensor type: {type_name(data_type)}"
        )
    if data_type == DT_STRING:
        write = _base64 if name.endswith(BYTES_SUFFIX) else text_of
        return _mapped(write, array.tolist())
    if data_type == DT_FLOAT:
        # The shortest decimals that give the same float32, not those of its float64.
        array = array.astype(str).astype(np.float64)
    return array.tolist()


def bytes_of(text: str) -> bytes:
    """A JSON string as it was sent, which need not have been UTF-8."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise invalid_argument(f"The string {text!a} is no text.") from error


def text_of(content: bytes) -> str:
    """Bytes as a JSON string that is sent as those bytes."""
    return content.decode("utf-8", "surrogateescape")


def decoded_base64(value: dict[str, str]) -> bytes:
    """The bytes that `{"b64": "..."}` stands for."""
    try:
        return base64.b64decode(value[BASE64_KEY], validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid_argument(f"Unable to base64 decode: {error}.") from error


class _Kind(NamedTuple):
    """What JSON values a type takes, and how they are held."""

    types: frozenset[type]
    name: str


def _kind(data_type: int) -> _Kind:
    if data_type in _FLOATS:
        return _Kind(frozenset((int, float)), "a number")
    if data_type in _INTEGERS:
        return _Kind(frozenset((int,)), "a whole number without a point")
    if data_type == DT_BOOL:
        return _Kind(frozenset((bool,)), "true or false")
    return _Kind(frozenset((str, dict)), 'a string or {"b64": "..."}')


def _shape(value: Any) -> tuple[int, ...]:
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        value = value[0] if value else None
    return tuple(shape)


def _leaves(value: Any, shape: tuple[int, ...], name: str) -> list[Any]:
    level = [value]
    for axis, length in enumerate(shape):
        for element in level:
            if not isinstance(element, list):
                raise invalid_argument(
                    f"Input '{name}' must have lists of {len(shape)} levels. "
                    f"Received: {reprlib.repr(element)} at level {axis}."
                )
            if len(element) != length:
                raise invalid_argument(
                    f"Input '{name}': Expecting tensor size: {length} but got: "
                    f"{len(element)} at level {axis}; all rows must be of one length."
                )
        level = list(chain.from_iterable(level))
    return level


def _typed(leaves: list[Any], data_type: int, name: str) -> np.ndarray:
    kind = _kind(data_type)
    if not set(map(type, leaves)) <= kind.types:
        wrong = next(leaf for leaf in leaves if type(leaf) not in kind.types)
        raise invalid_argument(
            f"JSON Value: {reprlib.repr(wrong)} of input '{name}' is not of expected "
            f"type: {type_name(data_type)}, which takes {kind.name}."
        )
    if data_type == DT_STRING:
        strings = np.empty(len(leaves), object)
        strings[:] = [_string(leaf, name) for leaf in leaves]
        return strings
    try:
        # What is too large for a float is infinite.
        with np.errstate(over="ignore"):
            return np.array(leaves, VALUE_TYPES[data_type].numpy)
    except OverflowError as error:
        message = f"Input '{name}' has a number that is too large: {error}."
        raise invalid_argument(message) from error


def _string(leaf: str | dict[str, str], name: str) -> bytes:
    if isinstance(leaf, str):
        return bytes_of(leaf)
    if not is_base64(leaf):
        raise invalid_argument(
            f"JSON Value: {reprlib.repr(leaf)} of input '{name}' is not formatted "
            "correctly for base64 data."
        )
    return decoded_base64(leaf)


def _base64(content: bytes) -> dict[str, str]:
    return {BASE64_KEY: base64.b64encode(content).decode("ascii")}


def _mapped(write: Callable[[bytes], Any], value: Any) -> Any:
    if isinstance(value, list):
        return [_mapped(write, element) for element in value]
    return write(value)
