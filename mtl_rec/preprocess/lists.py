"""Which elements of a row's list are used, and where they go."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import IdSequence, MultiCategorical
from mtl_rec.preprocess.strings import distinct

ListFeature = MultiCategorical | IdSequence


def list_length(feature: ListFeature) -> int:
    """Elements used per row at most."""
    if isinstance(feature, IdSequence):
        return feature.max_length
    return feature.max_values


def kept_elements(
    values: pa.ListArray, feature: ListFeature
) -> tuple[np.ndarray, np.ndarray]:
    """Which elements are used: the newest ids of a sequence, the first of several.

    Empty elements are not used and take no place.

    Returns:
        Whether each of the flattened elements is kept, and how many are in each row.
    """
    filled = _filled(values.flatten())
    ends = np.cumsum(values.value_lengths().to_numpy())
    before = np.concatenate([[0], np.cumsum(filled)])
    starts = np.concatenate([[0], ends])[:-1]
    lengths = before[ends] - before[starts]
    longest = list_length(feature)
    if lengths.max(initial=0) <= longest:
        return filled, lengths
    sizes = ends - starts
    # Counted from where a row's kept elements begin.
    first = before[starts]
    if isinstance(feature, IdSequence):
        first = first + np.maximum(lengths - longest, 0)
    places = before[:-1] - np.repeat(first, sizes)
    return filled & (places >= 0) & (places < longest), np.minimum(lengths, longest)


def padded(elements: np.ndarray, lengths: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Fills `rows`, `(n, width)`, with elements from their start.

    Args:
        elements: Of all rows, one after another.
        lengths: Elements of each row.
        rows: What stays where a row has no more elements.
    """
    rows[np.arange(rows.shape[1]) < lengths[:, np.newaxis]] = elements
    return rows


def _filled(elements: pa.Array) -> np.ndarray:
    strings, positions = distinct(elements)
    is_empty = pc.equal(strings, "").to_numpy(zero_copy_only=False)
    if not is_empty.any():
        return np.ones(len(positions), bool)
    return ~is_empty[positions]
