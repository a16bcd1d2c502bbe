"""From predictions and labels to metrics, for every output of the funnel."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from mtl_rec.config.evaluation import Evaluation
from mtl_rec.evaluation.event_estimates import Estimates, event_estimates
from mtl_rec.evaluation.keys import EvaluationKeys
from mtl_rec.evaluation.output_rows import OutputRows, scored_outputs
from mtl_rec.evaluation.report import Metrics
from mtl_rec.evaluation.value_estimates import value_estimates
from mtl_rec.metrics.threshold import best_threshold
from mtl_rec.schema import EncodedExposures

CUTOFFS = Evaluation().cutoffs
"""Each k of recall@k and NDCG@k where no config says otherwise."""


def evaluate_predictions(
    predictions: Mapping[str, np.ndarray],
    exposures: EncodedExposures,
    keys: EvaluationKeys | None = None,
    thresholds: Mapping[str, float] | None = None,
    cutoffs: Sequence[int] = CUTOFFS,
) -> Metrics:
    """Scores each output on the rows it speaks of.

    What is given the exposure is scored on all rows, `purchase_given_click` on those
    with a click. A value without its event counts as 0, so that `order_value` is scored
    as the expected value of an exposure. Rows whose label is NaN are left out.

    Where negatives were sampled, all but `rows` and `positives` describes the
    `population_rows` that the rows stand for by their `sampling_weights`.

    Args:
        predictions: By name of the funnel's output, `(rows,)`.
        exposures: Rows in the same order; their labels are compared with.
        keys: Whose each row is, and what is true of it. Without them each row is its
            own user, and what is measured by user is not defined.
        thresholds: By output, the probability to say yes from, as `best_thresholds`
            finds it on other rows; without one, precision and recall are not defined.
        cutoffs: Each k of recall@k and NDCG@k.

    Returns:
        By name of the output, the metrics of its kind of task. A metric that is not
        defined, as AUC is without a positive, is None.
    """
    keys = keys or EvaluationKeys()
    return {
        rows.name: plain_metrics(
            rows, output_estimates(rows, keys, thresholds or {}, cutoffs)
        )
        for rows in scored_outputs(predictions, exposures, keys, num_resamples=0)
    }


def best_thresholds(
    predictions: Mapping[str, np.ndarray], exposures: EncodedExposures
) -> dict[str, float]:
    """For each event, the probability from which on saying yes has the best F1.

    Args:
        predictions: By name of the funnel's output, `(rows,)`, of the validation split.
        exposures: Rows in the same order.

    Returns:
        By name of the output; without those that have no positive.
    """
    found = {
        rows.name: best_threshold(rows.labels, rows.predictions, rows.weights)
        for rows in scored_outputs(predictions, exposures, EvaluationKeys(), 0)
        if rows.is_event
    }
    return {name: value for name, value in found.items() if not math.isnan(value)}


def output_estimates(
    rows: OutputRows,
    keys: EvaluationKeys,
    thresholds: Mapping[str, float],
    cutoffs: Sequence[int],
) -> Estimates:
    """Every metric of one output."""
    if rows.is_event:
        return event_estimates(rows, cutoffs, thresholds, keys.users is not None)
    return value_estimates(rows)


def plain_metrics(
    rows: OutputRows, estimates: Estimates
) -> dict[str, float | int | None]:
    """Counts and values, as `metrics.json` has them."""
    metrics: dict[str, float | int | None] = dict(counts(rows))
    for name, estimate in estimates.items():
        value = float(estimate.value)
        metrics[name] = None if math.isnan(value) else value
    if rows.weights is not None:
        metrics["population_rows"] = float(rows.weights.sum())
    return metrics


def counts(rows: OutputRows) -> dict[str, int]:
    """Rows, and those with the event, as the data has them."""
    counted = {"rows": len(rows)}
    if rows.is_event:
        counted["positives"] = int(np.count_nonzero(rows.labels))
    return counted
