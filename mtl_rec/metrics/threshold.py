"""Where to cut probabilities into yes and no."""

import numpy as np

from mtl_rec.metrics.row_weights import row_weights
from mtl_rec.metrics.ties import ascending, tie_starts


def best_threshold(
    labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """The probability from which on saying yes has the best F1; NaN without a positive.

    `F1 = 2 * true positives / (positives + rows above)`: of several best ones the
    highest. Choose it on other rows than those it is judged on.

    Args:
        labels: `(rows,)`, 0 or 1.
        probabilities: `(rows,)`.
        weights: How many rows each counts as.
    """
    weights = row_weights(labels, weights)
    order = ascending(probabilities)
    if order is not None:
        labels, probabilities = labels[order], probabilities[order]
        weights = weights[order]
    positives = weights * labels
    if not positives.any():
        return float("nan")
    # Rows with one probability are all above it.
    first = tie_starts(probabilities)
    found = np.cumsum(positives[::-1])[::-1][first]
    above = np.cumsum(weights[::-1])[::-1][first]
    scores = 2 * found / (positives.sum() + above)
    best = np.flatnonzero(scores == scores.max())[-1]
    return float(probabilities[first[best]])
