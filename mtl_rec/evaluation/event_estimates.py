"""Every metric of an event."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from mtl_rec.evaluation.output_rows import OutputRows
from mtl_rec.metrics import binary, resampled
from mtl_rec.metrics.calibration import CalibrationBins
from mtl_rec.metrics.estimate import Estimate, Totals
from mtl_rec.metrics.row_weights import counted, row_weights
from mtl_rec.metrics.score_bins import NUM_BINS, ScoreBins
from mtl_rec.metrics.soft import soft_auc, soft_log_loss
from mtl_rec.metrics.ties import divided, pair_order
from mtl_rec.metrics.user_lists import UserLists

Estimates = dict[str, Estimate]
"""By metric."""

NOT_DRAWN = np.zeros(0)
"""In the place of resamples, where there are none."""

UNDEFINED = Estimate(math.nan, NOT_DRAWN)

SLICE_BINS = 64
"""Of scores of each class, in slices: many small products take longer than one."""


def event_estimates(
    rows: OutputRows,
    cutoffs: Sequence[int],
    thresholds: Mapping[str, float],
    has_users: bool,
) -> Estimates:
    """Every metric of probabilities of an event.

    Args:
        rows: Of the event.
        cutoffs: Each k of recall@k and NDCG@k.
        thresholds: By output, the probability to say yes from.
        has_users: Whether several rows may have one user, and a user so a list.
    """
    return {
        **rate_estimates(rows),
        "ece": calibration_bins(rows).error(),
        **_list_estimates(rows, cutoffs, has_users),
        **_threshold_estimates(rows, thresholds.get(rows.name)),
        **_soft_estimates(rows),
    }


def rate_estimates(rows: OutputRows) -> Estimates:
    """Metrics that need nothing but probabilities and labels."""
    labels, probabilities, weights = rows.labels, rows.predictions, rows.weights
    bins = _score_bins(rows, NUM_BINS)
    pr_auc = binary.pr_auc(labels, probabilities, weights=weights)
    rates = slice_estimates(rows, bins)
    return {**rates, "pr_auc": Estimate(pr_auc, bins.pr_auc() if bins else NOT_DRAWN)}


def slice_estimates(rows: OutputRows, bins: ScoreBins | None = None) -> Estimates:
    """Those of them that are worth knowing of each slice.

    Args:
        rows: Of the event.
        bins: Of their scores, if they are there.
    """
    labels, probabilities, weights = rows.labels, rows.predictions, rows.weights
    losses = (
        binary.losses(labels, probabilities) if rows.losses is None else rows.losses
    )
    totals = Totals.of(
        rows.resamples,
        rows=row_weights(labels, weights),
        positives=counted(labels, weights),
        predicted=counted(probabilities, weights),
        losses=counted(losses, weights),
    )
    rate, loss = totals.ratio("positives", "rows"), totals.ratio("losses", "rows")
    bins = bins or _score_bins(rows, SLICE_BINS)
    return {
        "label_rate": rate,
        "mean_prediction": totals.ratio("predicted", "rows"),
        "auc": _auc(rows, bins),
        "log_loss": loss,
        "normalised_entropy": _normalised(loss, rate),
        "calibration_ratio": totals.ratio("predicted", "positives"),
    }


def _auc(rows: OutputRows, bins: ScoreBins | None) -> Estimate:
    if bins is not None:
        return Estimate(bins.tied.order(), bins.auc())
    value = pair_order(rows.predictions, *_classes(rows))
    return Estimate(value, NOT_DRAWN)


def _normalised(loss: Estimate, rate: Estimate) -> Estimate:
    value = divided(loss.value, resampled.entropy(np.array(rate.value)))
    drawn = divided(loss.resampled, resampled.entropy(rate.resampled))
    return Estimate(float(value), drawn)


def _classes(rows: OutputRows) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the rows in the positive and in the negative class."""
    weights = row_weights(rows.labels, rows.weights)
    positives = counted(rows.labels, rows.weights)
    return positives, weights - positives


def _score_bins(rows: OutputRows, num_bins: int) -> ScoreBins | None:
    """What ranking metrics are resampled from; None where nothing is drawn."""
    if not rows.resamples.num_resamples:
        return None
    return ScoreBins.of(rows.predictions, *_classes(rows), rows.resamples, num_bins)


def _list_estimates(
    rows: OutputRows, cutoffs: Sequence[int], has_users: bool
) -> Estimates:
    """Metrics of each user's list; not defined where there are no users.

    GAUC is the mean of the users' AUCs by their rows; users with one class don't count.
    Recall and NDCG are means over users with a positive.
    """
    means = [f"{name}@{k}" for k in cutoffs for name in ("recall", "ndcg")]
    if not has_users:
        return dict.fromkeys(["gauc", *means], UNDEFINED)
    users = rows.resamples.users
    lists = UserLists.of(rows.labels, rows.predictions, users, cutoffs, rows.weights)
    has_both = ~np.isnan(lists.auc)
    columns = {f"recall@{k}": values for k, values in lists.recall.items()}
    columns |= {f"ndcg@{k}": values for k, values in lists.ndcg.items()}
    totals = Totals.of(
        rows.resamples.of_users(lists.users),
        aucs=np.where(has_both, lists.rows * lists.auc, 0),
        rows=np.where(has_both, lists.rows, 0),
        lists=np.ones(len(lists.users)),
        **columns,
    )
    gauc = {"gauc": totals.ratio("aucs", "rows")}
    return gauc | {name: totals.ratio(name, "lists") for name in means}


def _threshold_estimates(rows: OutputRows, threshold: float | None) -> Estimates:
    """Precision and recall of saying yes from a probability on."""
    if threshold is None:
        return dict.fromkeys(("threshold", "precision", "recall"), UNDEFINED)
    counts = row_weights(rows.labels, rows.weights)
    positives = counted(rows.labels, rows.weights)
    is_above = rows.predictions >= threshold
    totals = Totals.of(
        rows.resamples,
        found=positives * is_above,
        above=counts * is_above,
        positives=positives,
    )
    return {
        "threshold": Estimate(threshold, NOT_DRAWN),
        "precision": totals.ratio("found", "above"),
        "recall": totals.ratio("found", "positives"),
    }


def _soft_estimates(rows: OutputRows) -> Estimates:
    """Metrics against true probabilities, and those that the truth would have."""
    if rows.truth is None:
        return {}
    arguments = (rows.resamples, rows.weights)
    auc, loss = (
        metric(rows.truth, rows.predictions, *arguments)
        for metric in (soft_auc, soft_log_loss)
    )
    ceiling, floor = (
        metric(rows.truth, rows.truth, *arguments)
        for metric in (soft_auc, soft_log_loss)
    )
    lift, highest = auc.value - 0.5, ceiling.value - 0.5
    return {
        "soft_auc": auc,
        "ceiling_auc": ceiling,
        "share_of_ceiling": Estimate(
            float(divided(lift, highest)),
            divided(auc.resampled - 0.5, ceiling.resampled - 0.5),
        ),
        "soft_log_loss": loss,
        "floor_log_loss": floor,
    }


def calibration_bins(rows: OutputRows) -> CalibrationBins:
    """The event in bins of its probability."""
    return CalibrationBins.of(
        rows.labels, rows.predictions, rows.resamples, rows.weights
    )
