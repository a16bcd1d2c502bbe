"""A metric with what other users would have made of it."""

from dataclasses import dataclass

import numpy as np

from mtl_rec.metrics.resampling import Resamples, interval
from mtl_rec.metrics.score_bins import divided


@dataclass(frozen=True)
class Estimate:
    """A metric of some rows.

    Attributes:
        value: Of the rows as they are; NaN where it is not defined.
        resampled: `(resamples,)`; empty where nothing was resampled.
        is_distance: Whether chance alone makes it larger, as it does a distance from
            what is right: the interval is then reflected about the value.
    """

    value: float
    resampled: np.ndarray
    is_distance: bool = False

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval; None where it is not defined."""
        ends = interval(self.resampled)
        if ends is None or np.isnan(self.value):
            return None
        if self.is_distance:
            # Resamples have the noise of the rows and their own: they are further off
            # than the rows, which are further off than the truth.
            low, high = (2 * self.value - end for end in reversed(ends))
            return max(low, 0.0), max(high, 0.0)
        return ends

    def __sub__(self, other: "Estimate") -> "Estimate":
        """The paired difference; both must have been made with the same draws."""
        return Estimate(self.value - other.value, self.resampled - other.resampled)


def ratio(
    numerators: np.ndarray, denominators: np.ndarray, resamples: Resamples
) -> Estimate:
    """Sum over sum, of values of each row; NaN where the lower one is 0."""
    value = divided(np.sum(numerators, dtype=float), np.sum(denominators, dtype=float))
    if not resamples.num_resamples:
        return Estimate(float(value), np.zeros(0))
    above, below = resamples.sums(numerators), resamples.sums(denominators)
    return Estimate(float(value), divided(above, below))


def ratio_of_users(
    users: np.ndarray,
    numerators: np.ndarray,
    denominators: np.ndarray,
    resamples: Resamples,
) -> Estimate:
    """Sum over sum, of values of each of these users, `(users,)`."""
    value = divided(np.sum(numerators, dtype=float), np.sum(denominators, dtype=float))
    above, below = (
        resamples.sums_of_users(users, values) for values in (numerators, denominators)
    )
    return Estimate(float(value), divided(above, below))
