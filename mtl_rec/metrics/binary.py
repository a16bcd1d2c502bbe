"""Metrics of events: labels that are 0 or 1 against probabilities.

Arrays are `(rows,)`. A metric that is not defined is NaN: any of them without rows,
and those that compare the classes where one class is missing.
"""

import numpy as np

from mtl_rec.metrics import regression

SMALLEST_PROBABILITY = 1e-7
"""Probabilities nearer to 0 or 1 are clipped in a log loss, which stays below 16.2."""

ROUNDING = 1e-6
"""How far outside 0 and 1 a float32 probability may end up by rounding."""


def auc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Share of the pairs of classes that are in the right order; a tie counts half.

    `sum_p (below_p + tied_p / 2) / (positives * negatives)`, where `below_p` negatives
    score below positive p and `tied_p` the same: Mann and Whitney's statistic, which is
    the area under the ROC curve. One sort and one binary search per positive.

    Args:
        labels: 0 or 1.
        probabilities: Of label 1; only their order counts.

    Reference:
        Hanley and McNeil, "The Meaning and Use of the Area under a Receiver Operating
        Characteristic (ROC) Curve", Radiology 1982.
    """
    positives, negatives = _sorted_by_class(labels, probabilities)
    if not len(positives) or not len(negatives):
        return float("nan")
    below = np.searchsorted(negatives, positives, side="left")
    not_above = np.searchsorted(negatives, positives, side="right")
    twice_right = int(below.sum()) + int(not_above.sum())
    return twice_right / (2 * len(positives) * len(negatives))


def pr_auc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Average precision: the mean, over positives, of the precision at their score.

    `sum_k (recall_k - recall_(k-1)) * precision_k` over the distinct probabilities,
    from the highest: steps without interpolation, ties on one step.

    Args:
        labels: 0 or 1.
        probabilities: Of label 1; only their order counts.

    Reference:
        scikit-learn, `sklearn.metrics.average_precision_score`; Davis and Goadrich,
        "The Relationship Between Precision-Recall and ROC Curves", ICML 2006, on why
        not to interpolate.
    """
    positives, negatives = _sorted_by_class(labels, probabilities)
    if not len(positives) or not len(negatives):
        return float("nan")
    found = len(positives) - np.searchsorted(positives, positives, side="left")
    wrong = len(negatives) - np.searchsorted(negatives, positives, side="left")
    return float(np.mean(found / (found + wrong)))


def log_loss(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean of `-log p` where the label is 1 and `-log(1 - p)` where it is 0, in nats.

    Args:
        labels: 0 or 1.
        probabilities: Of label 1; clipped to `SMALLEST_PROBABILITY` from 0 and from 1.
    """
    _require_events(labels, probabilities)
    return -regression.mean(np.log(_probability_of_label(labels, probabilities)))


def normalised_entropy(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Log loss over that of always predicting the label rate; below 1 is better.

    `log_loss / -(r log r + (1 - r) log(1 - r))` with label rate r. It compares tasks
    of different rates, which log losses do not.

    Args:
        labels: 0 or 1.
        probabilities: Of label 1; clipped as in `log_loss`.

    Reference:
        He et al., "Practical Lessons from Predicting Clicks on Ads at Facebook",
        ADKDD 2014, equation 1.
    """
    loss, rate = log_loss(labels, probabilities), label_rate(labels)
    if not 0.0 < rate < 1.0:
        return float("nan")
    entropy = -(rate * np.log(rate) + (1.0 - rate) * np.log1p(-rate))
    return float(loss / entropy)


def calibration_ratio(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean probability over the label rate; above 1 the model promises too much.

    Args:
        labels: 0 or 1.
        probabilities: Of label 1.
    """
    _require_events(labels, probabilities)
    return regression.calibration_ratio(labels, probabilities)


def label_rate(labels: np.ndarray) -> float:
    """Share of the labels that are 1."""
    _require_zeros_and_ones(labels)
    return regression.mean(labels)


def _sorted_by_class(
    labels: np.ndarray, probabilities: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of the positives and of the negatives, each ascending."""
    _require_events(labels, probabilities)
    is_positive = labels == 1
    return np.sort(probabilities[is_positive]), np.sort(probabilities[~is_positive])


def _probability_of_label(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    # In float32, 1 - 1e-7 rounds to a number a fifth further from 1.
    p = probabilities.astype(np.float64)
    np.clip(p, SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY, out=p)
    return np.where(labels == 1, p, 1.0 - p)


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
