"""Rows by their score, in bins, in every resample: what AUC and PR-AUC are made of."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mtl_rec.metrics.resampling import Resamples

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
        right: `(bins,)` share of a bin's pairs that are in the right order.
        compared: Share of all pairs that are not of a row with itself.
        precision_factors: `(bins,)` precision at a bin's positives over that of its
            middle.
        middles: `(bins,)` how far down a bin its positives are: all of it where they
            are tied.
    """

    positives: np.ndarray
    negatives: np.ndarray
    right: np.ndarray
    compared: float
    precision_factors: np.ndarray
    middles: np.ndarray

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
        tied, starts = _Tied.of(scores, positives, negatives)
        first = tied.bin_starts(num_bins)
        sizes = np.diff(starts[first], append=len(scores))
        bins = np.repeat(np.arange(len(first)), sizes)
        right, compared = tied.right(first)
        factors, middles = tied.precision_factors(first)
        return cls(
            resamples.histogram(bins, positives, len(first)),
            resamples.histogram(bins, negatives, len(first)),
            right,
            compared,
            factors,
            middles,
        )

    def auc(self) -> np.ndarray:
        """Of every resample, `(resamples,)`; NaN where a class is missing."""
        below = np.cumsum(self.negatives, axis=0, dtype=np.float64) - self.negatives
        below += self.right[:, np.newaxis] * self.negatives
        right = np.einsum("br,br->r", self.positives, below)
        pairs = self.positives.sum(0, np.float64) * self.negatives.sum(0, np.float64)
        return divided(right, pairs * self.compared)

    def pr_auc(self) -> np.ndarray:
        """Of every resample, `(resamples,)`; NaN where a class is missing."""
        middles = self.middles[:, np.newaxis]
        found, wrong = (
            np.cumsum(of_class[::-1], axis=0, dtype=np.float64)[::-1]
            - (1 - middles) * of_class
            for of_class in (self.positives, self.negatives)
        )
        precision = divided(found, found + wrong, 0.0)
        precision *= self.precision_factors[:, np.newaxis]
        np.minimum(precision, 1.0, out=precision)
        total = np.where(self.negatives.sum(0) > 0, self.positives.sum(0), 0)
        return divided(np.einsum("br,br->r", self.positives, precision), total)


def pair_order(
    scores: np.ndarray, positives: np.ndarray, negatives: np.ndarray
) -> float:
    """Share of the pairs of two rows that are in the right order; a tie counts half.

    Args:
        scores: `(rows,)`; only their order counts.
        positives: `(rows,)` weight of a row in the positive class.
        negatives: `(rows,)` weight in the negative class.
    """
    order = ascending(scores)
    if order is not None:
        scores = scores[order]
        positives, negatives = positives[order], negatives[order]
    tied, _ = _Tied.of(scores, positives, negatives)
    pairs = tied.positives.sum() * tied.negatives.sum() - tied.own_pairs.sum()
    return float(divided(tied.wins.sum(), pairs))


@dataclass(frozen=True)
class _Tied:
    """Weights of the rows of each score, by ascending score, `(scores,)`."""

    positives: np.ndarray
    negatives: np.ndarray
    own_pairs: np.ndarray

    @classmethod
    def of(
        cls, scores: np.ndarray, positives: np.ndarray, negatives: np.ndarray
    ) -> "tuple[_Tied, np.ndarray]":
        """The first of the rows with each score, too; scores ascend."""
        starts = np.flatnonzero(np.diff(scores, prepend=np.nan) != 0)
        # A row is not compared with itself, but with others that it stands for.
        own = divided(positives * negatives, positives + negatives, 0.0)
        columns = (positives, negatives, own)
        summed = (np.add.reduceat(column, starts, dtype=float) for column in columns)
        return cls(*summed), starts

    @cached_property
    def below(self) -> np.ndarray:
        """Negatives below each score."""
        return np.cumsum(self.negatives, dtype=np.float64) - self.negatives

    @property
    def wins(self) -> np.ndarray:
        """Pairs of the positives of each score that are in the right order."""
        return self.positives * (self.below + self.negatives / 2) - self.own_pairs / 2

    def bin_starts(self, num_bins: int) -> np.ndarray:
        """Positions of the scores that bins begin with."""
        num_scores = len(self.positives)
        if num_scores <= 3 * num_bins:
            return np.arange(num_scores)
        starts = [np.zeros(1, np.int64)]
        for of_class in (self.positives, self.negatives):
            running = np.cumsum(of_class, dtype=np.float64)
            wanted = np.arange(1, num_bins) / num_bins * running[-1]
            starts.append(np.searchsorted(running, wanted))
        # Precision is least certain among the first few.
        running = np.cumsum(self.positives[::-1], dtype=np.float64)
        wanted = np.geomspace(1 / num_bins**2, 1, num_bins) * running[-1]
        from_top = np.searchsorted(running, wanted)
        starts.append(np.maximum(num_scores - 1 - from_top, 0))
        return np.unique(np.concatenate(starts))

    def right(self, first: np.ndarray) -> tuple[np.ndarray, float]:
        """Share of each bin's pairs in the right order, and of pairs that are two."""
        positives = np.add.reduceat(self.positives, first)
        negatives = np.add.reduceat(self.negatives, first)
        inside = np.add.reduceat(self.wins, first) - positives * self.below[first]
        pairs = positives.sum() * negatives.sum()
        compared = 1 - self.own_pairs.sum() / pairs if pairs else 1.0
        return divided(inside, positives * negatives, 0.5), float(compared)

    def precision_factors(self, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the precision at a bin's middle is multiplied by, and the middles."""
        exact = self.positives * self.precision(np.ones(1))
        positives = np.add.reduceat(self.positives, first)
        negatives = np.add.reduceat(self.negatives, first)
        is_tied = np.diff(first, append=len(self.positives)) == 1
        middles = np.where(is_tied, 1.0, 0.5)
        binned = _Tied(positives, negatives, positives)
        approximate = positives * binned.precision(middles)
        return divided(np.add.reduceat(exact, first), approximate, 1.0), middles

    def precision(self, middles: np.ndarray) -> np.ndarray:
        """Share of positives above each score, and so far down it."""
        found, wrong = (
            np.cumsum(of_class[::-1], dtype=np.float64)[::-1] - (1 - middles) * of_class
            for of_class in (self.positives, self.negatives)
        )
        return divided(found, found + wrong, 0.0)


def ascending(scores: np.ndarray) -> np.ndarray | None:
    """The order of ascending scores; None where they are in it."""
    return None if np.all(scores[1:] >= scores[:-1]) else np.argsort(scores)


def divided(numerator: Any, denominator: Any, otherwise: float = np.nan) -> np.ndarray:
    """The quotient, and another value where the denominator is 0."""
    quotient = np.full(
        np.broadcast_shapes(np.shape(numerator), np.shape(denominator)), otherwise
    )
    return np.divide(numerator, denominator, out=quotient, where=denominator != 0)
