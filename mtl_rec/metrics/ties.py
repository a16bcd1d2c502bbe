"""Rows with one score, which have no order among themselves."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Tied:
    """Weights of the rows of each score, by ascending score, `(scores,)`.

    Attributes:
        starts: First row of each score.
        positives: Weight in the positive class.
        negatives: Weight in the negative class.
        own_pairs: Weight of the pairs of a row with itself, which is partly of both.
    """

    starts: np.ndarray
    positives: np.ndarray
    negatives: np.ndarray
    own_pairs: np.ndarray

    @classmethod
    def of(
        cls, scores: np.ndarray, positives: np.ndarray, negatives: np.ndarray
    ) -> "Tied":
        """From rows by ascending score, `(rows,)` each."""
        starts = tie_starts(scores)
        positive, negative = (
            np.add.reduceat(column, starts, dtype=float)
            for column in (positives, negatives)
        )
        own = positives * negatives
        if own.any():
            # A row is compared with others that it stands for, but not with itself.
            own = divided(own, positives + negatives, 0.0)
            own = np.add.reduceat(own, starts, dtype=float)
        else:
            own = np.zeros(1)
        return cls(starts, positive, negative, own)

    @cached_property
    def below(self) -> np.ndarray:
        """Negatives below each score."""
        return np.cumsum(self.negatives) - self.negatives

    @cached_property
    def wins(self) -> np.ndarray:
        """Pairs of the positives of each score that are in the right order."""
        return self.positives * (self.below + self.negatives / 2) - self.own_pairs / 2

    @property
    def pairs(self) -> float:
        """Of a positive and a negative, a row with itself among them."""
        return float(self.positives.sum() * self.negatives.sum())

    @property
    def compared(self) -> float:
        """Share of the pairs that are of two rows."""
        return 1 - float(divided(self.own_pairs.sum(), self.pairs, 0.0))

    def order(self) -> float:
        """Share of the pairs of two rows in the right order; a tie counts half."""
        return float(divided(self.wins.sum(), self.pairs - self.own_pairs.sum()))


def ascending(scores: np.ndarray) -> np.ndarray | None:
    """The order of ascending scores; None where they are in it."""
    return None if np.all(scores[1:] >= scores[:-1]) else np.argsort(scores)


def tie_starts(scores: np.ndarray) -> np.ndarray:
    """The first row of each score; they ascend."""
    starts = np.flatnonzero(scores[1:] != scores[:-1]) + 1
    return np.concatenate([np.zeros(min(len(scores), 1), starts.dtype), starts])


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
    return Tied.of(scores, positives, negatives).order()


def divided(numerator: Any, denominator: Any, otherwise: float = np.nan) -> np.ndarray:
    """The quotient, and another value where the denominator is 0."""
    shape = np.broadcast_shapes(np.shape(numerator), np.shape(denominator))
    quotient = np.full(shape, otherwise)
    return np.divide(numerator, denominator, out=quotient, where=denominator != 0)
