"""Metrics against true probabilities, which simulated data has.

A label drawn from a probability says little of it. These are what a metric would be on
average over all labels that could have been drawn, so that a few rows say much. What
the true probabilities themselves would score is the ceiling.
"""

import numpy as np

from mtl_rec.metrics import binary
from mtl_rec.metrics.estimate import Estimate, Totals
from mtl_rec.metrics.resampling import Resamples
from mtl_rec.metrics.row_weights import counted, row_weights
from mtl_rec.metrics.score_bins import ScoreBins
from mtl_rec.metrics.ties import pair_order


def soft_auc(
    truth: np.ndarray,
    probabilities: np.ndarray,
    resamples: Resamples,
    weights: np.ndarray | None = None,
) -> Estimate:
    """AUC over all labels that could have been drawn.

    `sum t_i (1 - t_j) [p_i > p_j] / sum t_i (1 - t_j)` over pairs of two rows, a tie
    counts half.

    Args:
        truth: `(rows,)` true probabilities.
        probabilities: `(rows,)` predicted; only their order counts.
        resamples: Of these rows.
        weights: How many rows each counts as.
    """
    truth = truth.astype(np.float64)
    positives, negatives = counted(truth, weights), counted(1 - truth, weights)
    value = pair_order(probabilities, positives, negatives)
    if not resamples.num_resamples:
        return Estimate(value, np.zeros(0))
    bins = ScoreBins.of(probabilities, positives, negatives, resamples)
    return Estimate(value, bins.auc())


def soft_log_loss(
    truth: np.ndarray,
    probabilities: np.ndarray,
    resamples: Resamples,
    weights: np.ndarray | None = None,
) -> Estimate:
    """Log loss over all labels that could have been drawn, in nats.

    Mean of `-t log p - (1 - t) log(1 - p)`; of the truth itself, its entropy.

    Args:
        truth: `(rows,)` true probabilities.
        probabilities: `(rows,)` predicted, clipped as in `binary.log_loss`.
        resamples: Of these rows.
        weights: How many rows each counts as.
    """
    truth = truth.astype(np.float64)
    p = binary.clipped(probabilities)
    losses = -(truth * np.log(p) + (1 - truth) * np.log1p(-p))
    weights = row_weights(truth, weights)
    totals = Totals.of(resamples, losses=losses * weights, rows=weights)
    return totals.ratio("losses", "rows")
