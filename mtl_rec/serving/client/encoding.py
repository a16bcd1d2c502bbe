"""Values of callers in the types of a signature; whatever is wrong is named here.

They are read as training reads them: text, or whole numbers as text, "" where a value
is missing; numbers, NaN where one is missing, or a whole vector of them; of lists, the
elements that are not empty, then "" to the end.
"""

import numbers
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from mtl_rec.serving.client.columns import Columns
from mtl_rec.serving.client.errors import RequestError
from mtl_rec.serving.client.signatures import TensorType

_LONGEST_SHOWN = 60
_LARGEST_WHOLE_FLOAT = 2.0**53
"""Above, a float does not tell neighbouring whole numbers apart."""


def encode_column(columns: Columns, name: str, kind: TensorType) -> np.ndarray:
    """The values of one feature as the array that is sent.

    Args:
        columns: The rows.
        name: One of their features.
        kind: Its type in the signature, with the rows as first dimension.

    Returns:
        Of the type's number of dimensions; text as an object array of UTF-8 bytes.

    Raises:
        RequestError: A value does not fit.
    """
    values = columns.values[name]
    try:
        return _encode(values, kind)
    except _Unfit as problem:
        message = (
            f"Feature '{name}' {problem.allowed}. "
            f"Received: {problem.received} {columns.place(problem.row)}."
        )
        raise RequestError(message, name) from problem.__cause__


def encode_missing(name: str, kind: TensorType, num_rows: int) -> np.ndarray:
    """What stands for a feature that is not known: "", NaN, or an empty list.

    Raises:
        RequestError: Its type has no value that says so.
    """
    column = Columns({name: [None] * num_rows}, num_rows, "request")
    return encode_column(column, name, kind)


class _Unfit(Exception):
    def __init__(self, row: int, allowed: str, received: str) -> None:
        super().__init__(row, allowed, received)
        self.row, self.allowed, self.received = row, allowed, received


def _encode(values: Sequence[Any] | np.ndarray, kind: TensorType) -> np.ndarray:
    rank = None if kind.shape is None else len(kind.shape)
    if kind.dtype == "string" and rank == 1:
        return _object_array(_texts(values))
    if kind.dtype == "string" and kind.shape is not None and rank == 2:
        return _text_lists(values, kind.shape[1])
    if rank == 1 and kind.dtype in ("float32", "float64"):
        return _numbers(values, kind.dtype)
    width = kind.shape[1] if kind.shape is not None and rank == 2 else None
    if kind.dtype == "float32" and width is not None:
        return _vectors(values, width)
    if rank == 1 and kind.dtype in ("int32", "int64"):
        return _whole_numbers(values, kind.dtype)
    allowed = f"is {kind.dtype} {kind.shape} in the signature, which can't be sent"
    raise _Unfit(0, allowed, "values")


def _texts(values: Iterable[Any]) -> list[bytes]:
    try:
        # Most columns hold nothing else.
        return [value.encode() for value in values]
    except (AttributeError, UnicodeEncodeError):
        return [_text(row, value) for row, value in enumerate(values)]


def _text(row: int, value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if _is_missing(value):
        return b""
    if isinstance(value, bool | np.bool_):
        return b"true" if value else b"false"
    if isinstance(value, float | np.floating) and _is_whole(float(value)):
        value = int(value)
    if isinstance(value, int | np.integer):
        return str(int(value)).encode()
    if not isinstance(value, str):
        raise _Unfit(row, "must be text or a whole number", _shown(value))
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise _Unfit(row, "must be text that UTF-8 can write", _shown(value)) from error


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float | np.floating) and value != value)


def _is_whole(value: float) -> bool:
    return value.is_integer() and abs(value) <= _LARGEST_WHOLE_FLOAT


def _text_lists(values: Sequence[Any] | np.ndarray, width: int | None) -> np.ndarray:
    lists = [_filled(row, value) for row, value in enumerate(values)]
    longest = max(map(len, lists), default=0)
    if width is not None and longest > width:
        row = next(row for row, elements in enumerate(lists) if len(elements) > width)
        allowed = (
            f"must have at most {width} elements: send the newest of a history, the "
            "first of others"
        )
        raise _Unfit(row, allowed, f"{len(lists[row])}")
    size = longest if width is None else width
    padded = [element for own in lists for element in own + [b""] * (size - len(own))]
    return _object_array(padded).reshape(len(lists), size)


def _filled(row: int, value: Any) -> list[bytes]:
    """The elements of a list; empty ones take no place, as in training."""
    if _is_missing(value):
        return []
    if not _is_list(value):
        raise _Unfit(row, "must be a list", _shown(value))
    try:
        return [element for element in _texts(value) if element]
    except _Unfit as problem:
        allowed = f"{problem.allowed} in its lists"
        raise _Unfit(row, allowed, problem.received) from problem.__cause__


def _is_list(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 1
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _numbers(values: Sequence[Any] | np.ndarray, dtype: str) -> np.ndarray:
    # NumPy would read the text "1.5" as a number, where training had text.
    if not (isinstance(values, np.ndarray) and values.dtype.kind in "fiub"):
        for kind in set(map(type, values)):
            if kind is not type(None) and not _is_number(kind):
                row = next(i for i, value in enumerate(values) if type(value) is kind)
                raise _Unfit(row, "must be a number", _shown(values[row]))
    try:
        wide = np.asarray(values, np.float64)
    except OverflowError as error:
        row = max(range(len(values)), key=lambda i: abs(values[i] or 0))
        raise _Unfit(
            row, "must be a number", "a larger one than floats hold"
        ) from error
    if wide.ndim != 1:
        raise _Unfit(0, "must be one number a row", _shown(values[0]))
    with np.errstate(over="ignore"):
        return wide.astype(dtype)


def _vectors(values: Sequence[Any] | np.ndarray, width: int) -> np.ndarray:
    vectors = np.full((len(values), width), np.nan, np.float32)
    for row, value in enumerate(values):
        if _is_missing(value):
            continue
        if not _is_list(value):
            raise _Unfit(row, f"must be a list of {width} numbers", _shown(value))
        if len(value) not in (0, width):
            raise _Unfit(row, f"must have {width} numbers, or none", f"{len(value)}")
        try:
            own = _numbers(value, "float32")
        except _Unfit as problem:
            allowed = f"{problem.allowed} in its lists"
            raise _Unfit(row, allowed, problem.received) from problem.__cause__
        is_finite = np.isfinite(own)
        if not is_finite.all() and not np.isnan(own).all():
            raise _Unfit(row, "must have finite numbers", str(own[~is_finite][0]))
        vectors[row, : len(own)] = own
    return vectors


def _is_number(kind: type) -> bool:
    return issubclass(kind, numbers.Real | Decimal | np.bool_)


def _whole_numbers(values: Sequence[Any] | np.ndarray, dtype: str) -> np.ndarray:
    limits = np.iinfo(dtype)
    for row, value in enumerate(values):
        is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not is_whole or not limits.min <= int(value) <= limits.max:
            raise _Unfit(
                row, f"must be a whole number that {dtype} holds", _shown(value)
            )
    return np.asarray(values, dtype)


def _object_array(values: list[bytes]) -> np.ndarray:
    array = np.empty(len(values), object)
    array[:] = values
    return array


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = repr(value)
    if len(text) > _LONGEST_SHOWN:
        text = f"{text[:_LONGEST_SHOWN]}\N{HORIZONTAL ELLIPSIS}"
    return f"{text} ({type(value).__name__})"
