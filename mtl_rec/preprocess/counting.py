"""What of a table says nothing to a model, counted while it is encoded."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import (
    Feature,
    Numeric,
    is_by_row,
    is_hashed,
    language_model_of,
)
from mtl_rec.preprocess.strings import distinct
from mtl_rec.schema.feature_fields import vocabulary_name
from mtl_rec.schema.fields import PADDING_ID, IdField, IdListField
from mtl_rec.schema.schema import Schema
from mtl_rec.schema.value_counts import FeatureCounts, ValueCounts
from mtl_rec.schema.vector_values import vector_rows


def count_values(
    schema: Schema, table: pa.Table, inputs: Mapping[str, np.ndarray]
) -> FeatureCounts:
    """Counts missing and unknown values of every feature.

    Args:
        schema: What the columns of the inputs mean.
        table: Canonical rows.
        inputs: What they were encoded to.
    """
    ids = {
        field.name: schema.ids_of(field, inputs)
        for field in schema.fields
        if isinstance(field, IdField | IdListField)
    }
    return {
        feature.name: _count(feature, schema, table, ids.get(feature.name))
        for feature in schema.features
    }


def _count(
    feature: Feature, schema: Schema, table: pa.Table, ids: np.ndarray | None
) -> ValueCounts:
    rows = table.num_rows
    if is_by_row(feature):
        vectors = vector_rows(table[feature.name].combine_chunks())
        is_missing = ~np.isfinite(vectors).all(axis=1)
        return ValueCounts(rows, int(np.count_nonzero(is_missing)))
    if language_model_of(feature):
        # Whose tokens around a text are there without one, and which knows all pieces.
        is_there = _is_filled(table[feature.name].combine_chunks())
        return ValueCounts(rows, rows - int(np.count_nonzero(is_there)))
    if isinstance(feature, Numeric) or ids is None:
        numbers = table[feature.name].to_numpy()
        return ValueCounts(rows, int(np.count_nonzero(~np.isfinite(numbers))))
    is_value = ids != PADDING_ID
    if ids.shape[1] == 1:
        is_value &= _is_filled(table[feature.name].combine_chunks())[:, np.newaxis]
    missing = rows - int(np.count_nonzero(is_value.any(axis=1)))
    vocabulary = schema.vocabularies[vocabulary_name(feature)]
    if is_hashed(schema.owner_of(vocabulary.name)):
        return ValueCounts(rows, missing)
    is_unknown = is_value & (ids <= vocabulary.num_out_of_vocabulary)
    return ValueCounts(
        rows,
        missing,
        int(np.count_nonzero(is_value)),
        int(np.count_nonzero(is_unknown)),
    )


def _is_filled(values: pa.Array) -> np.ndarray:
    """Whether each value of a column of strings is not empty, `(rows,)`."""
    if pa.types.is_list(values.type):
        return np.ones(len(values), bool)
    if not isinstance(values, pa.DictionaryArray):
        return pc.not_equal(values, "").to_numpy(zero_copy_only=False)
    strings, positions = distinct(values)
    filled = pc.not_equal(strings, "").to_numpy(zero_copy_only=False)
    return filled[positions]
