"""Rows by their score, in bins, in every resample: what AUC and PR-AUC are made of."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mtl_rec.metrics.resampling import Resamples
from mtl_rec.metrics.ties import Tied, ascending, divided

NUM_BINS = 128
"""Three times this many at most; where there are fewer scores, each has its own."""


@dataclass(frozen=True)
class ScoreBins:
    """How much of both classes has which score.

    A row may be partly of either class, as with a true probability p: p of it is
    positive and 1 - p negative. It is not compared with itself.

    Inside a bin, the share of the pairs in the right order and the mean precision are
    those of all rows, so that a metric without resampling is exact. With as many bins
    as scores all is exact.

    Attributes:
        positives: `(bins, resamples)` weight, by ascending score.
        negatives: `(bins, resamples)`.
        tied: The rows of each score, as they are.
        first: `(bins,)` first score of each bin.
    """

    positives: np.ndarray
    negatives: np.ndarray
    tied: Tied
    first: np.ndarray

    @classmethod
    def of(
        cls,
        scores: np.ndarray,
        positives: np.ndarray,
        negatives: np.ndarray,
        resamples: Resamples,
        num_bins: int = NUM_BINS,
    ) -> "ScoreBins":
        """Puts rows into bins of about equal weight of either class, finer at the top.

        Args:
            scores: `(rows,)`; only their order counts.
            positives: `(rows,)` weight of a row in the positive class.
            negatives: `(rows,)` weight in the negative class.
            resamples: Of these rows.
            num_bins: For each class and for the top; no score is in two bins.
        """
        order = ascending(scores)
        if order is not None:
            scores, resamples = scores[order], resamples.rows(order)
            positives, negatives = positives[order], negatives[order]
        tied = Tied.of(scores, positives, negatives)
        first = _bin_starts(tied, num_bins)
        above, below = resamples.histograms(tied.starts[first], positives, negatives)
        return cls(above, below, tied, first)

    def auc(self) -> np.ndarray:
        """Of every resample, `(resamples,)`; NaN where a class is missing."""
        below = np.cumsum(self.negatives, axis=0, dtype=np.float64) - self.negatives
        below += self._right()[:, np.newaxis] * self.negatives
        right = np.einsum("br,br->r", self.positives, below)
        pairs = self.positives.sum(0, np.float64) * self.negatives.sum(0, np.float64)
        return divided(right, pairs * self.tied.compared)

    def pr_auc(self) -> np.ndarray:
        """Of every resample, `(resamples,)`; NaN where a class is missing."""
        # All of a score is above itself; of several, half.
        is_tied = np.diff(self.first, append=len(self.tied.positives)) == 1
        middles = np.where(is_tied, 1.0, 0.5)[:, np.newaxis]
        precision = _precision(self.positives, self.negatives, middles)
        precision *= self._precision_factors(middles)
        np.minimum(precision, 1.0, out=precision)
        total = np.where(self.negatives.sum(0) > 0, self.positives.sum(0), 0)
        return divided(np.einsum("br,br->r", self.positives, precision), total)

    def _right(self) -> np.ndarray:
        """Share of each bin's pairs that are in the right order."""
        tied = self.tied
        positives, negatives = (
            self._binned(tied.positives),
            self._binned(tied.negatives),
        )
        inside = self._binned(tied.wins) - positives * tied.below[self.first]
        return divided(inside, positives * negatives, 0.5)

    def _precision_factors(self, middles: np.ndarray) -> np.ndarray:
        """Precision at a bin's positives over that of its middle, `(bins, 1)`."""
        tied = self.tied
        exact = tied.positives * _precision(tied.positives, tied.negatives, 1.0)
        positives, negatives = (
            self._binned(of_class)[:, np.newaxis]
            for of_class in (tied.positives, tied.negatives)
        )
        middle = positives * _precision(positives, negatives, middles)
        return divided(self._binned(exact)[:, np.newaxis], middle, 1.0)

    def _binned(self, values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, self.first)


def _precision(
    positives: np.ndarray, negatives: np.ndarray, middles: Any
) -> np.ndarray:
    """Share of positives above each bin, and so far down it."""
    found, wrong = (
        np.cumsum(of_class[::-1], axis=0, dtype=np.float64)[::-1]
        - (1 - middles) * of_class
        for of_class in (positives, negatives)
    )
    return divided(found, found + wrong, 0.0)


def _bin_starts(tied: Tied, num_bins: int) -> np.ndarray:
    """Positions of the scores that bins begin with."""
    num_scores = len(tied.positives)
    if num_scores <= 3 * num_bins:
        return np.arange(num_scores)
    starts = [np.zeros(1, np.int64)]
    for of_class in (tied.positives, tied.negatives):
        running = np.cumsum(of_class, dtype=np.float64)
        wanted = np.arange(1, num_bins) / num_bins * running[-1]
        starts.append(np.searchsorted(running, wanted))
    # Precision is least certain among the first few.
    running = np.cumsum(tied.positives[::-1], dtype=np.float64)
    wanted = np.geomspace(1 / num_bins**2, 1, num_bins) * running[-1]
    from_top = np.searchsorted(running, wanted)
    starts.append(np.maximum(num_scores - 1 - from_top, 0))
    return np.unique(np.concatenate(starts))
