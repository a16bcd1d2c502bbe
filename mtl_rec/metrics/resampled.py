"""Metrics of events in every resample of the users, `(resamples,)`.

The arguments are those of `mtl_rec.metrics.binary`, and the draws. A resample in which
a metric is not defined has NaN. Two models with the same draws give paired differences:

    draws = Resamples.of(users)
    interval(auc(labels, ours, draws) - auc(labels, theirs, draws))
"""

import numpy as np

from mtl_rec.metrics import binary
from mtl_rec.metrics.resampling import Resamples
from mtl_rec.metrics.row_weights import counted, row_weights
from mtl_rec.metrics.score_bins import ScoreBins
from mtl_rec.metrics.ties import divided


def auc(
    labels: np.ndarray,
    probabilities: np.ndarray,
    resamples: Resamples,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """As `binary.auc`, nearly: pairs inside a bin of scores are shared out."""
    return score_bins(labels, probabilities, resamples, weights).auc()


def pr_auc(
    labels: np.ndarray,
    probabilities: np.ndarray,
    resamples: Resamples,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """As `binary.pr_auc`, nearly: a bin of scores has the precision of its middle."""
    return score_bins(labels, probabilities, resamples, weights).pr_auc()


def log_loss(
    labels: np.ndarray,
    probabilities: np.ndarray,
    resamples: Resamples,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """As `binary.log_loss`."""
    losses = counted(binary.losses(labels, probabilities), weights)
    return divided(*resamples.sums(losses, row_weights(labels, weights)))


def normalised_entropy(
    labels: np.ndarray,
    probabilities: np.ndarray,
    resamples: Resamples,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """As `binary.normalised_entropy`, against the label rate of each resample."""
    loss = log_loss(labels, probabilities, resamples, weights)
    rates = divided(
        *resamples.sums(counted(labels, weights), row_weights(labels, weights))
    )
    return divided(loss, entropy(rates))


def calibration_ratio(
    labels: np.ndarray,
    probabilities: np.ndarray,
    resamples: Resamples,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """As `binary.calibration_ratio`."""
    columns = (counted(values, weights) for values in (probabilities, labels))
    return divided(*resamples.sums(*columns))


def score_bins(
    labels: np.ndarray,
    probabilities: np.ndarray,
    resamples: Resamples,
    weights: np.ndarray | None = None,
) -> ScoreBins:
    """What AUC and PR-AUC have in common."""
    is_positive = labels == 1
    weighed = row_weights(labels, weights)
    return ScoreBins.of(
        probabilities,
        np.where(is_positive, weighed, 0),
        np.where(is_positive, 0, weighed),
        resamples,
    )


def entropy(rates: np.ndarray) -> np.ndarray:
    """Of events with these rates, in nats; 0 where there is no doubt."""
    inside = np.clip(rates, 1e-300, 1 - 1e-16)
    nats = -(inside * np.log(inside) + (1 - inside) * np.log1p(-inside))
    return np.where((rates > 0) & (rates < 1), nats, 0.0)
