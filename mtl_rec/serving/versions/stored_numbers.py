"""Finds weights that are no numbers: rows that a sample of requests may never touch."""

from pathlib import Path

import numpy as np
import tensorflow as tf

_PART_BYTES = 2**26


def weights_not_finite(version: Path) -> dict[str, int]:
    """By stored weight, how many of its values are NaN or infinite; none where 0.

    Args:
        version: A SavedModel whose variables can be read.
    """
    checkpoint = tf.train.load_checkpoint(str(version / "variables" / "variables"))
    counts = {}
    for key, dtype in checkpoint.get_variable_to_dtype_map().items():
        if dtype.is_floating:
            count = _count_not_finite(checkpoint.get_tensor(key))
            if count:
                counts[key.removesuffix("/.ATTRIBUTES/VARIABLE_VALUE")] = count
    return counts


def _count_not_finite(values: np.ndarray) -> int:
    """Counts in parts: a mask of a large table would be another large array."""
    flat = np.reshape(values, -1)
    part = max(1, _PART_BYTES // flat.itemsize)
    return sum(
        int(np.count_nonzero(~np.isfinite(flat[start : start + part])))
        for start in range(0, len(flat), part)
    )
