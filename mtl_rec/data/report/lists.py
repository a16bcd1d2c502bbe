"""The elements of lists that a model reads."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import Feature, IdSequence, MultiCategorical


def trimmed(rows: pa.Table, features: Sequence[Feature]) -> pa.Table:
    """Canonical rows whose lists hold no more than the features take of them.

    Args:
        rows: What `schema.rows.canonical` returned.
        features: Those of the rows.
    """
    for feature in features:
        if isinstance(feature, IdSequence | MultiCategorical):
            place = rows.column_names.index(feature.name)
            lists = rows[feature.name].combine_chunks()
            rows = rows.set_column(place, feature.name, _taken(lists, feature))
    return rows


def _taken(lists: pa.ListArray, feature: IdSequence | MultiCategorical) -> pa.ListArray:
    """The newest ids of a sequence, the first of several values, no empty ones."""
    flat = lists.flatten()
    is_filled = pc.not_equal(flat, "").to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(lists)), lists.value_lengths().to_numpy())
    lengths = np.bincount(rows[is_filled], minlength=len(lists))
    places = np.cumsum(is_filled) - 1 - (np.cumsum(lengths) - lengths)[rows]
    if isinstance(feature, IdSequence):
        most = feature.max_length
        places -= np.maximum(lengths - most, 0)[rows]
    else:
        most = feature.max_values
    is_taken = is_filled & (places >= 0) & (places < most)
    offsets = np.append(0, np.minimum(lengths, most).cumsum())
    taken = flat.filter(pa.array(is_taken))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), taken)
