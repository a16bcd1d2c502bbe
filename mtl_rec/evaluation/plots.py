"""Plots of an evaluation."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mtl_rec.data.report.drawing import (
    TEST,
    THRESHOLD,
    TRAIN,
    as_svg,
    entitle,
    label_text,
    new_figure,
)
from mtl_rec.evaluation.evaluation import CalibrationBin, Evaluation, Interval, Slice

LARGEST_RATIO = 3.0
"""Of predicted and observed, in plots; intervals of rare events reach much further."""

_COLUMNS = 3
"""Plots side by side."""


def intervals_plot(evaluation: Evaluation) -> str:
    """AUC, normalised entropy and calibration of every event, with intervals."""
    events = [name for name, entry in evaluation.metrics.items() if "auc" in entry]
    shown = [
        ("auc", "AUC", 0.5),
        ("normalised_entropy", "normalised entropy", 1.0),
        ("calibration_ratio", "mean probability / rate", 1.0),
    ]
    figure, axes = new_figure(0.32 * len(events) + 1, 1, _COLUMNS, sharey=True)
    for axis, (metric, title, reference) in zip(axes[0], shown, strict=True):
        values = [evaluation.metrics[name].get(metric) for name in events]
        intervals = [evaluation.intervals[name].get(metric) for name in events]
        _draw_points(axis, events, values, intervals, reference)
        entitle(axis, title)
    return as_svg(figure, "intervals")


def calibration_plot(curves: Mapping[str, Sequence[CalibrationBin]]) -> str:
    """Of each event, its rate in bins of its probability."""
    rows = -(-len(curves) // _COLUMNS)
    figure, axes = new_figure(3.0 * rows, rows, _COLUMNS)
    for axis, (name, bins) in zip(axes.flat, curves.items(), strict=False):
        predicted = np.array([own.predicted for own in bins])
        observed = np.array([own.observed for own in bins])
        largest = max(*predicted, *observed, 1e-9) * 1.05 if bins else 1.0
        axis.plot([0, largest], [0, largest], color=THRESHOLD, linewidth=1)
        for place, own in zip(predicted, bins, strict=True):
            if own.interval is not None:
                axis.plot([place, place], own.interval, color=TRAIN, linewidth=1.5)
        axis.plot(predicted, observed, "o", color=TRAIN, markersize=3.5)
        axis.set_xlabel("predicted", fontsize=9)
        axis.set_ylabel("observed", fontsize=9)
        axis.locator_params(nbins=5)
        entitle(axis, name)
    for axis in axes.flat[len(curves) :]:
        axis.set_visible(False)
    return as_svg(figure, "calibration")


def slices_plot(outputs: Mapping[str, Mapping[str, Slice]], number: int) -> str:
    """AUC and calibration of outputs given the exposure in every slice.

    Args:
        outputs: Slices by output; values have RMSE in the place of AUC.
        number: Of the plot on its page.
    """
    labels = list(dict.fromkeys(label for own in outputs.values() for label in own))
    # What is given an earlier event has few rows in a slice: the table is enough.
    names = [name for name in outputs if "_given_" not in name]
    height = (0.24 * len(labels) + 0.75) * len(names) + 0.3
    figure, axes = new_figure(height, len(names), 2, sharey="row")
    for row, name in zip(axes, names, strict=True):
        slices = outputs[name]
        is_value = any("rmse" in own.metrics for own in slices.values())
        first = ("rmse", "RMSE", None) if is_value else ("auc", "AUC", 0.5)
        shown = (first, ("calibration_ratio", "mean prediction / mean label", 1.0))
        for axis, (metric, title, reference) in zip(row, shown, strict=True):
            values, ends = _values_and_ends(slices, labels, metric)
            _draw_points(axis, labels, values, ends, reference)
            entitle(axis, f"{name}: {title}")
        low, high = row[1].get_xlim()
        row[1].set_xlim(max(low, 0), min(high, LARGEST_RATIO))
    return as_svg(figure, f"slices{number}")


def _values_and_ends(
    slices: Mapping[str, Slice], labels: Sequence[str], metric: str
) -> tuple[list[float | None], list[Interval]]:
    """A metric in every slice; None where it is not defined or there are no rows."""
    shown = [slices.get(label) for label in labels]
    values = [own.metrics.get(metric) if own else None for own in shown]
    return values, [own.intervals.get(metric) if own else None for own in shown]


def _draw_points(
    axis: Any,
    labels: Sequence[str],
    values: Sequence[float | None],
    intervals: Sequence[Interval],
    reference: float | None,
) -> None:
    """A row for each label, the first on top; what is not defined says so."""
    places = np.arange(len(labels))[::-1]
    if reference is not None:
        axis.axvline(reference, color=TEST, linewidth=1, linestyle=":")
    for place, value, ends in zip(places, values, intervals, strict=True):
        if value is None:
            across = axis.get_yaxis_transform()
            label_text(axis, 0.02, place, "undefined", transform=across)
            continue
        if ends is not None:
            axis.plot(ends, [place, place], color=TRAIN, linewidth=2, alpha=0.6)
        axis.plot([value], [place], "o", color=TRAIN, markersize=4)
    axis.set_yticks(places, [label[:40] for label in labels], parse_math=False)
    axis.set_ylim(-0.7, len(labels) - 0.3)
    axis.grid(visible=False, axis="y")
    axis.locator_params(axis="x", nbins=6)
