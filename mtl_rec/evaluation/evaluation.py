"""Everything that is measured of a model on a split: values, intervals, slices."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mtl_rec.config.evaluation import Evaluation as Settings
from mtl_rec.evaluation.evaluator import counts, output_estimates, plain_metrics
from mtl_rec.evaluation.event_estimates import (
    Estimates,
    calibration_bins,
    slice_estimates,
)
from mtl_rec.evaluation.keys import EvaluationKeys
from mtl_rec.evaluation.output_rows import OutputRows, scored_outputs
from mtl_rec.evaluation.report import Metrics
from mtl_rec.evaluation.value_estimates import value_estimates
from mtl_rec.schema import EncodedExposures

Interval = tuple[float, float] | None

Intervals = dict[str, dict[str, Interval]]
"""By output, then by metric; None where an interval is not defined."""


@dataclass(frozen=True)
class Slice:
    """One output on some of its rows.

    Attributes:
        rows: How many.
        positives: Those with the event; None for values.
        metrics: Values; None where one is not defined.
        intervals: Of each metric.
    """

    rows: int
    positives: int | None
    metrics: dict[str, float | None]
    intervals: dict[str, Interval]


@dataclass(frozen=True)
class CalibrationBin:
    """Rows of similar probabilities.

    Attributes:
        rows: How many they stand for.
        predicted: Their mean probability.
        observed: Their label rate.
        interval: Of the label rate.
    """

    rows: float
    predicted: float
    observed: float
    interval: Interval


@dataclass(frozen=True)
class Evaluation:
    """What a model is worth on a split.

    Attributes:
        metrics: Values, by output; what `metrics.json` has.
        intervals: Their 95 % intervals over users.
        slices: By what it is sliced by, output, and slice.
        calibration: By output, bins of equal weight in ascending order.
        users: Number of users; None where each row is its own.
        resamples: Draws of users.
    """

    metrics: Metrics
    intervals: Intervals
    slices: dict[str, dict[str, dict[str, Slice]]]
    calibration: dict[str, list[CalibrationBin]]
    users: int | None
    resamples: int

    def about(self) -> dict[str, Any]:
        """As JSON, without the metrics, which have their own file."""
        return {n: entry for n, entry in asdict(self).items() if n != "metrics"}


def evaluate_fully(
    predictions: Mapping[str, np.ndarray],
    exposures: EncodedExposures,
    keys: EvaluationKeys,
    thresholds: Mapping[str, float],
    settings: Settings,
) -> Evaluation:
    """Scores each output, as `evaluate_predictions` does, with intervals and in slices.

    Args:
        predictions: By name of the funnel's output, `(rows,)`.
        exposures: Rows in the same order.
        keys: Of these rows.
        thresholds: From `best_thresholds`, on other rows.
        settings: The `evaluation` of a config.
    """
    metrics: Metrics = {}
    intervals: Intervals = {}
    slices = {slicing.name: {} for slicing in keys.slicings}
    calibration = {}
    num_users = 0
    for rows in scored_outputs(predictions, exposures, keys, settings.resamples):
        num_users = rows.resamples.num_users
        estimates = output_estimates(rows, keys, thresholds, settings.cutoffs)
        metrics[rows.name] = plain_metrics(rows, estimates)
        intervals[rows.name] = _intervals(estimates)
        for slicing in keys.slicings:
            slices[slicing.name][rows.name] = {
                label: _sliced(own) for label, own in rows.slices(slicing)
            }
        if rows.is_event:
            calibration[rows.name] = _curve(rows)
    users = None if keys.users is None else num_users
    return Evaluation(
        metrics, intervals, slices, calibration, users, settings.resamples
    )


def _intervals(estimates: Estimates) -> dict[str, Interval]:
    return {
        name: estimate.interval
        for name, estimate in estimates.items()
        if name != "threshold"
    }


def _sliced(rows: OutputRows) -> Slice:
    estimates = slice_estimates(rows) if rows.is_event else value_estimates(rows)
    values = {name: float(estimate.value) for name, estimate in estimates.items()}
    return Slice(
        len(rows),
        counts(rows).get("positives"),
        {name: None if math.isnan(value) else value for name, value in values.items()},
        _intervals(estimates),
    )


def _curve(rows: OutputRows) -> list[CalibrationBin]:
    return [
        CalibrationBin(weight, predicted, observed.value, observed.interval)
        for weight, predicted, observed in calibration_bins(rows).rates()
    ]
