"""Vectors that rows have: one list of numbers each, all of one length."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import Vector
from mtl_rec.errors import SchemaError
from mtl_rec.schema.raw_types import is_list, raw_type, split_texts

SEPARATOR = "|"


def vector_values(array: pa.Array, feature: Vector, title: str) -> pa.Array:
    """Lists, or strings of numbers, as lists of float32 of the declared length.

    A row without a vector, with an empty one, or with nothing but NaN has NaN.

    Args:
        array: The column.
        feature: What it is read for.
        title: Of the column, in errors.

    Raises:
        SchemaError: A row has another number of numbers, or one that is not finite.
    """
    lists = _lists(array, feature, title)
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
    is_there = lengths > 0
    wrong = np.flatnonzero(is_there & (lengths != feature.row_dim))
    if len(wrong):
        raise SchemaError(
            f"{title} must hold {feature.row_dim} numbers, its `dim`, or none. "
            f"Received: {lengths[wrong[0]]} in row {wrong[0]}, the first of "
            f"{len(wrong)} of {len(array)} rows that were read together."
        )
    vectors = np.full((len(array), feature.row_dim), np.nan, np.float32)
    flat = _numbers(lists.flatten(), title).reshape(-1, feature.row_dim)
    vectors[is_there] = flat
    is_wrong = ~np.isfinite(vectors).all(axis=1) & ~np.isnan(vectors).all(axis=1)
    if is_wrong.any():
        row = int(np.flatnonzero(is_wrong)[0])
        number = vectors[row][~np.isfinite(vectors[row])][0]
        raise SchemaError(
            f"{title} must hold finite numbers. Received: {number} in row {row}, the "
            f"first of {is_wrong.sum()} of {len(array)} rows that were read together."
        )
    return pa.FixedSizeListArray.from_arrays(
        pa.array(vectors.ravel()), type=raw_type(feature)
    )


def vector_rows(values: pa.Array) -> np.ndarray:
    """What `vector_values` returned, or a part of it, as `(rows, dim)` float32."""
    return values.flatten().to_numpy().reshape(len(values), -1)


def _lists(array: pa.Array, feature: Vector, title: str) -> pa.Array:
    separator = feature.separator or SEPARATOR
    array = split_texts(array, separator)
    if not is_list(array.type):
        raise SchemaError(
            f"{title} must hold lists of numbers, or strings of numbers joined by "
            f"'{separator}'. Received: {array.type}."
        )
    return array


def _numbers(flat: pa.Array, title: str) -> np.ndarray:
    if pa.types.is_string(flat.type):
        flat = pc.utf8_trim_whitespace(flat)
    try:
        # By way of float64: float32 holds more of what a text or integer may be.
        numbers = pc.fill_null(flat.cast(pa.float64(), safe=False), float("nan"))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SchemaError(
            f"{title} must hold numbers in its lists. Received: {error}."
        ) from error
    return numbers.cast(pa.float32(), safe=False).to_numpy(zero_copy_only=False)
