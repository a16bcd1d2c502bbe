"""Rates of events and means of values, and how sure they are."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

CONFIDENCE = 0.95

_TWO_SIDED = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True)
class Rate:
    """A rate of an event, or the mean of a value.

    Attributes:
        rows: It is of so many.
        mean: None without rows.
        low: Lower end of the interval that covers the true one in 95 of 100 cases.
        high: Its upper end.
        sure_rows: Rows without weights of which a rate would be as sure.
        deviation: Standard deviation of the labels.
    """

    rows: int
    mean: float | None
    low: float | None
    high: float | None
    sure_rows: float
    deviation: float


class LabelSums:
    """Sums of labels and weights, from which the rates of many groups of rows follow.

    Args:
        num_groups: Days, or parts.
    """

    def __init__(self, num_groups: int) -> None:
        self._sums = np.zeros((7, num_groups))

    def add(self, groups: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> None:
        """Adds rows; all arrays are `(rows,)`, labels are finite."""
        y, w = labels.astype(np.float64), weights
        terms = (np.ones_like(w), w, w * y, w * y * y, w * w, w * w * y, w * w * y * y)
        for sums, term in zip(self._sums, terms, strict=True):
            sums += np.bincount(groups, term, minlength=len(sums))

    def rates(self, is_event: bool) -> list[Rate]:
        """One for each group: Wilson's interval for events, a normal one for values.

        Weighted rows are worth as many equal ones, `sure_rows`, as give a rate the
        variance that the weighted one has.

        Reference:
            Wilson, "Probable Inference, the Law of Succession, and Statistical
            Inference", Journal of the American Statistical Association 1927.
        """
        return [_rate(column, is_event) for column in self._sums.T]


def _rate(sums: np.ndarray, is_event: bool) -> Rate:
    rows, w, wy, wyy, ww, wwy, wwyy = sums
    if not rows:
        return Rate(0, None, None, None, 0.0, 0.0)
    mean = wy / w
    spread = max(0.0, wyy / w - mean * mean)
    variance = max(0.0, wwyy - 2 * mean * wwy + mean * mean * ww) / w**2
    sure_rows = spread / variance if variance > 0 and spread > 0 else w
    if is_event:
        low, high = _wilson(mean, sure_rows)
    else:
        margin = _TWO_SIDED * np.sqrt(spread / sure_rows)
        low, high = mean - margin, mean + margin
    deviation = np.sqrt(spread)
    return Rate(int(rows), *map(float, (mean, low, high, sure_rows, deviation)))


def _wilson(rate: float, rows: float) -> tuple[float, float]:
    z = _TWO_SIDED
    centre = (rate + z * z / (2 * rows)) / (1 + z * z / rows)
    margin = np.sqrt(rate * (1 - rate) / rows + (z / (2 * rows)) ** 2)
    margin *= z / (1 + z * z / rows)
    # Rounding must not leave a rate of 0 or 1 outside its own interval.
    return min(centre - margin, rate), max(centre + margin, rate)
