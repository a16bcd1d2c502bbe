"""Rows by one property: how often trained on, the most frequent values, or bands."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mtl_rec.evaluation.keys import Slicing

MOST_SHOWN = 30
"""Values of which each has a slice of its own."""

MOST_FREQUENT = 10
"""Where there are more, those that have one; the rest are one slice."""

NUM_BANDS = 5

MISSING, OTHERS = "(missing)", "(others)"

_COUNT_BANDS = ("0", "1-5", "6-20", ">20")
_COUNT_STARTS = (1, 6, 21)


def by_training_count(name: str, counts: np.ndarray) -> Slicing:
    """Items or users by their rows in training: 0, 1-5, 6-20, more.

    Args:
        name: Of the slicing.
        counts: `(rows,)`, of each row's item or user.
    """
    codes = np.searchsorted(_COUNT_STARTS, counts, side="right")
    return Slicing(name, codes.astype(np.int8), _COUNT_BANDS)


def by_novelty(name: str, is_returning: np.ndarray) -> Slicing:
    """Users that training had rows of, and others."""
    return Slicing(name, is_returning.astype(np.int8), ("new", "returning"))


def by_value(name: str, codes: np.ndarray, values: Sequence[str]) -> Slicing:
    """Values, the most frequent first; where all are numbers, in their order.

    Args:
        name: Of the slicing.
        codes: `(rows,)` places in `values`; -1 where missing.
        values: The values.
    """
    sizes = np.bincount(codes[codes >= 0], minlength=len(values))
    shown: list[int] = np.argsort(-sizes, kind="stable").tolist()
    shown = shown[: np.count_nonzero(sizes)]
    if len(shown) > MOST_SHOWN:
        shown = shown[:MOST_FREQUENT]
    if all(values[place].isdecimal() for place in shown):
        shown.sort(key=lambda place: int(values[place]))
    # Of what has no place of its own; the last one is of missing values, -1.
    places = np.full(len(values) + 1, len(shown), np.int8)
    places[shown] = np.arange(len(shown))
    places[-1] = len(shown) + 1
    labels = (*(values[place] for place in shown), OTHERS, MISSING)
    return Slicing(name, places[codes], labels)


def by_band(name: str, numbers: np.ndarray) -> Slicing:
    """Numbers in bands of about equal size.

    Args:
        name: Of the slicing.
        numbers: `(rows,)`; NaN where missing.
    """
    is_known = np.isfinite(numbers)
    known = numbers[is_known]
    if not len(known):
        return Slicing(name, np.zeros(len(numbers), np.int8), (MISSING,))
    shares = np.arange(1, NUM_BANDS) / NUM_BANDS
    # Existing values, so that a band says where it ends; each ends with its last one.
    ends = np.unique(np.quantile(known, shares, method="lower"))
    ends = ends[ends < known.max()]
    codes = np.searchsorted(ends, numbers)
    codes[~is_known] = len(ends) + 1
    texts = [f"{end:.4g}" for end in ends]
    if len(set(texts)) < len(texts):
        texts = [f"{end:.9g}" for end in ends]  # Different for different float32s.
    labels = [f"to {text}" for text in texts[:1]]
    labels += [f"{low} to {high}" for low, high in pairwise(texts)]
    labels.append(f"over {texts[-1]}" if texts else "all")
    return Slicing(name, codes.astype(np.int8), (*labels, MISSING))
