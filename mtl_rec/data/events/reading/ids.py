"""Ids, whatever type a log keeps them in, as text."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.data.events.reading.escapes import valid_text

# A float of this size or more may stand for another whole number than was meant.
INEXACT = 2.0**53


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type of values once they are out of dictionaries, and text is a string."""
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    return pa.string() if _is_text(kind) else kind


def plain(column: pa.ChunkedArray) -> pa.Array:
    """Values of a column in one array of their plain type."""
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    return valid_text(array) if _is_text(array.type) else array


def is_missing(array: pa.Array) -> np.ndarray:
    """Where plain values are null, NaN or blank."""
    missing = array.is_null(nan_is_null=True)
    if pa.types.is_string(array.type):
        blank = pc.equal(pc.utf8_trim_whitespace(array), "")
        missing = pc.or_(missing, pc.fill_null(blank, False))
    return missing.to_numpy(zero_copy_only=False)


def is_id_type(kind: pa.DataType) -> bool:
    """Whether values of a plain type can be ids."""
    return (
        pa.types.is_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or (pa.types.is_decimal(kind) and kind.scale == 0)
        or pa.types.is_null(kind)
    )


def read_ids(array: pa.Array) -> pa.Array:
    """Plain values as strings, null where there is none or it is not an id.

    Text stays as it is, blanks around it included, but an id has only one line: a
    stray quote in a CSV makes a value of many. Floats must be whole.
    """
    if pa.types.is_floating(array.type):
        array = array.cast(pa.float64())
        exact = pc.and_(
            pc.equal(pc.trunc(array), array), pc.less(pc.abs(array), INEXACT)
        )
        array = pc.if_else(exact, array, None).cast(pa.int64())
    text = array.cast(pa.string())
    if pa.types.is_string(array.type):
        text = pc.if_else(pc.match_substring(text, "\n"), None, text)
    return text


def _is_text(kind: pa.DataType) -> bool:
    return any(
        is_kind(kind)
        for is_kind in (
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_string_view,
            pa.types.is_binary,
            pa.types.is_large_binary,
            pa.types.is_binary_view,
            pa.types.is_fixed_size_binary,
        )
    )
