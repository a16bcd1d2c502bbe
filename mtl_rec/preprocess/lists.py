"""Which elements of a row's list are used, and where they go."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import IdSequence, MultiCategorical

ListFeature = MultiCategorical | IdSequence


def list_length(feature: ListFeature) -> int:
    """Elements used per row at most."""
    if isinstance(feature, IdSequence):
        return feature.max_length
    return feature.max_values


def element_places(
    values: pa.ListArray, feature: ListFeature
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places of elements in `(rows, list_length(feature))`, padded at the end.

    The newest ids of a sequence are kept, the first of several values. Empty elements
    take no place.

    Returns:
        Which of the flattened elements are kept, and the row and column of each.
    """
    filled = pc.not_equal(values.flatten(), "").to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(values)), values.value_lengths().to_numpy())
    lengths = np.bincount(rows[filled], minlength=len(values))
    before = np.cumsum(lengths) - lengths
    places = np.cumsum(filled) - 1 - before[rows]
    if isinstance(feature, IdSequence):
        places -= np.maximum(lengths - feature.max_length, 0)[rows]
    kept = filled & (places >= 0) & (places < list_length(feature))
    return kept, rows[kept], places[kept]
