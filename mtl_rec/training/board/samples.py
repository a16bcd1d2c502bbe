"""Some of the rows of a split, the same at every epoch."""

import numpy as np

from mtl_rec.schema.encoded import EncodedExposures, joined

BLOCKS = 16
"""Pieces that a sample is read in: a log by time then gives rows of all times."""

_ROUNDED_TO = 512


def sample_rows(exposures: EncodedExposures, most: int) -> EncodedExposures:
    """Rows in memory, in evenly spaced blocks; all rows where there are few.

    Args:
        exposures: In memory or stored.
        most: Rows at most, at least `BLOCKS * 512`. A smaller sample's size is a
            multiple of that, as are batches of predictions: one more size would be one
            more compilation.
    """
    num_rows = len(exposures)
    if num_rows <= most:
        return exposures.rows(0, num_rows)
    size = most // BLOCKS // _ROUNDED_TO * _ROUNDED_TO
    starts = np.linspace(0, num_rows - size, BLOCKS).astype(int).tolist()
    return joined(exposures.rows(start, start + size) for start in starts)


def fixed_batch(
    exposures: EncodedExposures, batch_size: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Inputs and training labels of evenly spaced rows, as a step takes them."""
    places = np.linspace(0, len(exposures) - 1, min(batch_size, len(exposures)))
    places = places.astype(int)
    arrays = {name: array[places] for name, array in exposures.arrays().items()}
    taken = EncodedExposures.from_arrays(exposures.schema, arrays)
    return dict(taken.inputs), taken.training_labels()
