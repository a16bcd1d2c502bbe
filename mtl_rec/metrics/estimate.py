"""A metric with what other users would have made of it."""

import math
from dataclasses import dataclass

import numpy as np

from mtl_rec.metrics.resampling import Resamples, interval
from mtl_rec.metrics.ties import divided


@dataclass(frozen=True)
class Estimate:
    """A metric of some rows.

    Attributes:
        value: Of the rows as they are; NaN where it is not defined.
        resampled: `(resamples,)`; empty where nothing was resampled.
        lowest: What it can't be below, as resamples may be.
    """

    value: float
    resampled: np.ndarray
    lowest: float = -math.inf

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval; None where it is not defined."""
        ends = interval(self.resampled)
        if ends is None or np.isnan(self.value):
            return None
        low, high = ends
        return max(low, self.lowest), max(high, self.lowest)

    def __sub__(self, other: "Estimate") -> "Estimate":
        """The paired difference; both must have been made with the same draws."""
        return Estimate(self.value - other.value, self.resampled - other.resampled)


@dataclass(frozen=True)
class Totals:
    """Sums over rows, or over users, from which means and shares are made.

    Attributes:
        values: By name, of the rows as they are.
        resampled: By name, `(resamples,)`.
    """

    values: dict[str, float]
    resampled: dict[str, np.ndarray]

    @classmethod
    def of(cls, resamples: Resamples, **columns: np.ndarray) -> "Totals":
        """Adds up columns, `(rows,)` each."""
        values = {n: np.sum(c, dtype=float).item() for n, c in columns.items()}
        sums = resamples.sums(*columns.values())
        return cls(values, dict(zip(columns, sums, strict=True)))

    def ratio(self, numerator: str, denominator: str) -> Estimate:
        """One over the other; NaN where the other is 0."""
        return Estimate(
            float(divided(self.values[numerator], self.values[denominator])),
            divided(self.resampled[numerator], self.resampled[denominator]),
        )
