"""Which row of one embedding stands for the same as a row of another."""

import numpy as np

from mtl_rec.schema.fields import PADDING_ID
from mtl_rec.training.warm_start.learned import Learned

ABSENT = -1
"""Instead of a row: there is none."""


def source_rows(vocabulary: str, source: Learned, own: Learned) -> np.ndarray:
    """For every id of a vocabulary, the id that meant the same to the source.

    Args:
        vocabulary: Its name, which both have.
        source: Whose rows are looked for.
        own: Whose ids they are looked for.

    Returns:
        `(ids,)` int64, `ABSENT` where there is none.
    """
    theirs, ours = (
        learned.schema.vocabularies[vocabulary] for learned in (source, own)
    )
    rows = np.full(ours.num_ids, ABSENT, np.int64)
    rows[PADDING_ID] = PADDING_ID
    first_known = 1 + ours.num_out_of_vocabulary
    # The id of an unknown value is what is left of its hash divided by their number.
    if ours.num_out_of_vocabulary % theirs.num_out_of_vocabulary == 0:
        unknown = np.arange(ours.num_out_of_vocabulary)
        rows[1:first_known] = 1 + unknown % theirs.num_out_of_vocabulary
    if vocabulary in own.numbers:
        known = _buckets(
            source.numbers[vocabulary].boundaries, own.numbers[vocabulary].boundaries
        )
    else:
        nothing = np.empty(0, np.int64)
        known = _positions(
            source.keys.get(vocabulary, nothing), own.keys.get(vocabulary, nothing)
        )
    is_there = known != ABSENT
    offset = 1 + theirs.num_out_of_vocabulary
    rows[first_known:][is_there] = known[is_there] + offset
    return rows


def _positions(source: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Where each key stands among those of the source."""
    if not len(source):
        return np.full(len(own), ABSENT, np.int64)
    order = np.argsort(source)
    sorted_source = source[order]
    nearest = np.minimum(np.searchsorted(sorted_source, own), len(source) - 1)
    # Negative keys are of values that are unknown: nothing is learned of their rows.
    is_same = (sorted_source[nearest] == own) & (own >= 0)
    return np.where(is_same, order[nearest], ABSENT)


def _buckets(source: tuple[float, ...], own: tuple[float, ...]) -> np.ndarray:
    """The bucket of the source that the middle of each bucket falls into."""
    if not own:
        return np.zeros(1, np.int64)
    bounds = np.array(own)
    # The two at the ends have no end: as if they were as wide as those beside them.
    halves = np.diff(bounds) / 2 if len(own) > 1 else np.zeros(1)
    lowest = min(bounds[0] - halves[0], np.nextafter(bounds[0], -np.inf))
    within = [lowest, *(bounds[:-1] + bounds[1:]) / 2, bounds[-1] + halves[-1]]
    return np.searchsorted(source, within, side="right")
