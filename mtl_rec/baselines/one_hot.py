"""Encoded exposures as one sparse row of numbers each, for linear models."""

import numpy as np
from scipy import sparse

from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.schema.fields import (
    PADDING_ID,
    Field,
    IdListField,
    NumberField,
    VectorField,
)


def one_hot(exposures: EncodedExposures) -> sparse.csr_array:
    """A column for every id of every field, and one for every number.

    A field with one id has a 1 in its column, a list the mean of its ids' ones;
    numbers and flags of what is missing are as they are encoded, standardised.

    Returns:
        `(rows, columns)` float32.
    """
    parts = [_of_chunk(chunk) for chunk in exposures.chunks()]
    if len(parts) == 1:
        return parts[0]
    return sparse.csr_array(sparse.vstack(parts, format="csr"))


def num_columns(schema: Schema) -> int:
    """Columns of `one_hot`."""
    return sum(_width(schema, field) for field in schema.fields)


def _width(schema: Schema, field: Field) -> int:
    if isinstance(field, NumberField):
        return 1
    if isinstance(field, VectorField):
        return field.dim
    return schema.vocabularies[field.vocabulary].num_ids


def _of_chunk(chunk: EncodedExposures) -> sparse.csr_array:
    schema, num_rows = chunk.schema, len(chunk)
    columns, values = [], []
    first = 0
    for field in schema.fields:
        if isinstance(field, NumberField):
            values.append(schema.numbers_of(field, chunk.inputs))
            columns.append(np.full((num_rows, 1), first, np.int32))
        elif isinstance(field, VectorField):
            places = np.arange(first, first + field.dim, dtype=np.int32)
            values.append(chunk.inputs[field.name])
            columns.append(np.tile(places, (num_rows, 1)))
        else:
            ids = schema.ids_of(field, chunk.inputs)
            values.append(_shares(ids, isinstance(field, IdListField)))
            columns.append(ids + np.int32(first))
        first += _width(schema, field)
    value = np.concatenate(values, axis=1, dtype=np.float32)
    is_there = value != 0
    ends = np.cumsum(is_there.sum(axis=1, dtype=np.int64))
    column = np.concatenate(columns, axis=1)[is_there]
    starts = np.concatenate([np.zeros(1, np.int64), ends])
    return sparse.csr_array((value[is_there], column, starts), (num_rows, first))


def _shares(ids: np.ndarray, is_list: bool) -> np.ndarray:
    """What each id counts; padding of a list nothing, alone as much as any other."""
    if not is_list:
        return np.ones(ids.shape, np.float32)
    is_there = (ids != PADDING_ID).astype(np.float32)
    return is_there / np.maximum(is_there.sum(axis=1, keepdims=True), 1)
