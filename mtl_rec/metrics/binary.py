"""Metrics of events: labels that are 0 or 1 against probabilities.

Arrays are `(rows,)`. A metric that is not defined is NaN: any of them without rows,
and those that compare the classes where one class is missing. With `weights` each row
counts as so many equal ones, whole or not.
"""

import numpy as np

from mtl_rec.metrics import regression

SMALLEST_PROBABILITY = 1e-7
"""Probabilities nearer to 0 or 1 are clipped in a log loss, which stays below 16.2."""

ROUNDING = 1e-6
"""How far outside 0 and 1 a float32 probability may end up by rounding."""


def auc(
    labels: np.ndarray, probabilities: np.ndarray, *, weights: np.ndarray | None = None
) -> float:
    """Share of the pairs of classes that are in the right order; a tie counts half.

    `sum_p (below_p + tied_p / 2) / (positives * negatives)`, where `below_p` negatives
    score below positive p and `tied_p` the same: Mann and Whitney's statistic, which is
    the area under the ROC curve. One sort and one binary search per positive.

    Args:
        labels: 0 or 1.
        probabilities: Of label 1; only their order counts.
        weights: How many rows each counts as.

    Reference:
        Hanley and McNeil, "The Meaning and Use of the Area under a Receiver Operating
        Characteristic (ROC) Curve", Radiology 1982.
    """
    positives, negatives = _by_class(labels, probabilities, weights)
    if not len(positives.scores) or not len(negatives.scores):
        return float("nan")
    below = negatives.below(positives.scores)
    not_above = negatives.below(positives.scores, or_tied=True)
    twice_right = np.sum(positives.weights * (below + not_above)).item()
    return twice_right / (2 * positives.total * negatives.total)


def pr_auc(
    labels: np.ndarray, probabilities: np.ndarray, *, weights: np.ndarray | None = None
) -> float:
    """Average precision: the mean, over positives, of the precision at their score.

    `sum_k (recall_k - recall_(k-1)) * precision_k` over the distinct probabilities,
    from the highest: steps without interpolation, ties on one step.

    Args:
        labels: 0 or 1.
        probabilities: Of label 1; only their order counts.
        weights: How many rows each counts as.

    Reference:
        scikit-learn, `sklearn.metrics.average_precision_score`; Davis and Goadrich,
        "The Relationship Between Precision-Recall and ROC Curves", ICML 2006, on why
        not to interpolate.
    """
    positives, negatives = _by_class(labels, probabilities, weights)
    if not len(positives.scores) or not len(negatives.scores):
        return float("nan")
    found = positives.total - positives.below(positives.scores)
    wrong = negatives.total - negatives.below(positives.scores)
    precision = found / (found + wrong)
    return (np.sum(positives.weights * precision) / positives.total).item()


def log_loss(
    labels: np.ndarray, probabilities: np.ndarray, *, weights: np.ndarray | None = None
) -> float:
    """Mean of `-log p` where the label is 1 and `-log(1 - p)` where it is 0, in nats.

    Args:
        labels: 0 or 1.
        probabilities: Of label 1; clipped to `SMALLEST_PROBABILITY` from 0 and from 1.
        weights: How many rows each counts as.
    """
    return regression.mean(losses(labels, probabilities), weights=weights)


def losses(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """What `log_loss` is the mean of, `(rows,)` float64."""
    _require_events(labels, probabilities)
    p = clipped(probabilities)
    return -np.log(np.where(labels == 1, p, 1.0 - p))


def normalised_entropy(
    labels: np.ndarray, probabilities: np.ndarray, *, weights: np.ndarray | None = None
) -> float:
    """Log loss over that of always predicting the label rate; below 1 is better.

    `log_loss / -(r log r + (1 - r) log(1 - r))` with label rate r. It compares tasks
    of different rates, which log losses do not.

    Args:
        labels: 0 or 1.
        probabilities: Of label 1; clipped as in `log_loss`.
        weights: How many rows each counts as.

    Reference:
        He et al., "Practical Lessons from Predicting Clicks on Ads at Facebook",
        ADKDD 2014, equation 1.
    """
    loss = log_loss(labels, probabilities, weights=weights)
    rate = label_rate(labels, weights=weights)
    if not 0.0 < rate < 1.0:
        return float("nan")
    entropy = -(rate * np.log(rate) + (1.0 - rate) * np.log1p(-rate))
    return float(loss / entropy)


def calibration_ratio(
    labels: np.ndarray, probabilities: np.ndarray, *, weights: np.ndarray | None = None
) -> float:
    """Mean probability over the label rate; above 1 the model promises too much.

    Args:
        labels: 0 or 1.
        probabilities: Of label 1.
        weights: How many rows each counts as.
    """
    _require_events(labels, probabilities)
    return regression.calibration_ratio(labels, probabilities, weights=weights)


def label_rate(labels: np.ndarray, *, weights: np.ndarray | None = None) -> float:
    """Share of the labels that are 1."""
    _require_zeros_and_ones(labels)
    return regression.mean(labels, weights=weights)


class _Class:
    """The rows of one class by ascending probability; whole counts stay exact."""

    def __init__(self, scores: np.ndarray, weights: np.ndarray | None) -> None:
        if weights is None:
            self.scores = np.sort(scores)
            self.weights = np.ones(len(scores), np.int64)
        else:
            order = np.argsort(scores)
            self.scores, self.weights = scores[order], weights[order]
        start = np.zeros(1, self.weights.dtype)
        self._running = np.concatenate([start, self.weights.cumsum()])

    @property
    def total(self) -> float:
        """Of all weights."""
        return self._running[-1].item()

    def below(self, scores: np.ndarray, *, or_tied: bool = False) -> np.ndarray:
        """Weight of the rows below each score."""
        places = np.searchsorted(self.scores, scores, "right" if or_tied else "left")
        return self._running[places]


def _by_class(
    labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None
) -> tuple[_Class, _Class]:
    """The positives and the negatives."""
    _require_events(labels, probabilities)
    if weights is not None:
        regression.require_weights(weights, labels)
    positive, negative = (
        _Class(probabilities[chosen], None if weights is None else weights[chosen])
        for chosen in (labels == 1, labels == 0)
    )
    return positive, negative


def clipped(probabilities: np.ndarray) -> np.ndarray:
    """Probabilities that a log loss takes, in float64."""
    # In float32, 1 - 1e-7 rounds to a number a fifth further from 1.
    p = probabilities.astype(np.float64)
    return np.clip(p, SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY, out=p)


def _require_events(labels: np.ndarray, probabilities: np.ndarray) -> None:
    regression.require_pairs(labels, probabilities)
    _require_zeros_and_ones(labels)
    allowed = (probabilities >= -ROUNDING) & (probabilities <= 1.0 + ROUNDING)
    if not allowed.all():
        raise ValueError(
            "`probabilities` must lie between 0 and 1. "
            f"Received: {probabilities[~allowed][0]}."
        )


def _require_zeros_and_ones(labels: np.ndarray) -> None:
    allowed = (labels == 0) | (labels == 1)
    if not allowed.all():
        raise ValueError(f"`labels` must be 0 or 1. Received: {labels[~allowed][0]}.")
