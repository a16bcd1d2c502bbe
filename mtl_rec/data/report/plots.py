"""The four plots of a report."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mtl_rec.data.report.drawing import (
    SERIES,
    TEST,
    THRESHOLD,
    TRAIN,
    as_svg,
    entitle,
    label_text,
    new_figure,
    shown_legend,
)
from mtl_rec.data.report.feature_shifts import FeatureShift
from mtl_rec.data.report.report import Timeline
from mtl_rec.data.report.screening import TOO_GOOD, Ranking, best_views

MOST_FEATURES = 30
"""Features with a row in the plot of rankings."""


def rates_plot(timeline: Timeline, values: Sequence[str]) -> str:
    """The label rate of each output day by day, with its interval and the cuts."""
    names = list(timeline.days[0].rates)
    figure, axes = new_figure(1.6 * len(names) + 0.5, len(names), sharex=True)
    days = np.arange(len(timeline.days))
    for axis, name in zip(axes[:, 0], names, strict=True):
        scale = 1 if name in values else 100
        rates = [day.rates[name] for day in timeline.days]
        mean, low, high = (
            scale * np.array([getattr(rate, end) for rate in rates], float)
            for end in ("mean", "low", "high")
        )
        axis.fill_between(days, low, high, color=TRAIN, alpha=0.25, linewidth=0)
        axis.plot(days, mean, color=TRAIN, linewidth=1.5, marker="o", markersize=3)
        entitle(axis, f"{name}, mean" if name in values else f"{name}, %")
        _draw_cuts(axis, timeline, with_names=axis is axes[0, 0])
        axis.ticklabel_format(axis="y", useOffset=False, style="plain")
    _name_days(axes[-1, 0], timeline)
    return as_svg(figure, "rates")


def rows_plot(timeline: Timeline) -> str:
    """Exposures and sampled negatives day by day, and the share of new items."""
    has_items = timeline.item_feature is not None
    figure, axes = new_figure(
        4.2 if has_items else 2.4, 2 if has_items else 1, sharex=True
    )
    days = np.arange(len(timeline.days))
    exposures = np.array([day.exposures for day in timeline.days])
    sampled = np.array([day.sampled for day in timeline.days])
    axis = axes[0, 0]
    axis.bar(days, exposures, color=TRAIN, width=0.8, label="exposures")
    entitle(axis, "rows")
    if sampled.any():
        axis.bar(
            days,
            sampled,
            bottom=exposures,
            color=SERIES[5],
            alpha=0.5,
            width=0.8,
            label="sampled negatives",
        )
        shown_legend(figure, axis, loc="outside upper right", ncols=2)
    axis.yaxis.set_major_formatter("{x:,.0f}")
    _draw_cuts(axis, timeline, with_names=True)
    if has_items:
        # On the first day all are new, which would leave no room for the others.
        new = 100 * np.array([day.new_items for day in timeline.days[1:]], float)
        axis = axes[1, 0]
        axis.plot(days[1:], new, color=TRAIN, marker="o", markersize=3)
        axis.margins(y=0.15)
        axis.set_ylim(bottom=0)
        entitle(axis, f"exposures of a new '{timeline.item_feature}', %")
        _draw_cuts(axis, timeline, with_names=False)
    _name_days(axes[-1, 0], timeline)
    return as_svg(figure, "rows")


def shifts_plot(shifts: Sequence[FeatureShift]) -> str:
    """Shares in training and test of the features that differ most."""
    rows = -(-len(shifts) // 2)
    lengths = [max(len(s.bars) for s in shifts[2 * r : 2 * r + 2]) for r in range(rows)]
    height = sum(0.32 * length + 0.75 for length in lengths) + 0.3
    figure, axes = new_figure(height, rows, 2, height_ratios=[n + 2 for n in lengths])
    for number, axis in enumerate(axes.flat):
        if number >= len(shifts):
            axis.set_visible(False)
            continue
        shift = shifts[number]
        places = np.arange(len(shift.bars))[::-1]
        for bars, colour, up in ((0, TRAIN, 0.2), (1, TEST, -0.2)):
            shares = [100 * (bar.test if bars else bar.train) for bar in shift.bars]
            axis.barh(
                places + up, shares, 0.38, color=colour, label=("train", "test")[bars]
            )
        axis.set_yticks(
            places, [_short(bar.label) for bar in shift.bars], parse_math=False
        )
        axis.set_ylim(-0.7, len(places) - 0.3)
        axis.grid(visible=False, axis="y")
        axis.xaxis.set_major_formatter("{x:g} %")
        axis.locator_params(axis="x", nbins=5)
        entitle(axis, f"{_short(shift.feature, 26)}: {shift.distance.figure:.3f}")
    shown_legend(figure, axes[0, 0], loc="outside upper right", ncols=2)
    return as_svg(figure, "shifts")


def rankings_plot(rankings: Sequence[Ranking]) -> str:
    """A row for each feature, a dot for each output that it ranks, and the limit."""
    best = best_views(rankings)
    features = list(dict.fromkeys(ranking.feature for ranking in best))[:MOST_FEATURES]
    outputs = list(dict.fromkeys(ranking.output for ranking in rankings))
    figure, axes = new_figure(0.26 * len(features) + 1.0)
    axis = axes[0, 0]
    for number, output in enumerate(outputs):
        shown = [r for r in best if r.output == output and r.feature in features]
        places = [len(features) - 1 - features.index(r.feature) for r in shown]
        colour = SERIES[number % len(SERIES)]
        marker = "osD^vP"[number // len(SERIES) % 6]
        # Rates learned on other rows can rank by chance a little worse than chance.
        aucs = [max(r.auc, 0.5) for r in shown]
        axis.plot(aucs, places, marker, color=colour, label=output, alpha=0.85)
    axis.axvline(TOO_GOOD, color=THRESHOLD, linewidth=1.2, linestyle="--")
    names = [_short(feature, 42) for feature in features][::-1]
    axis.set_yticks(np.arange(len(features)), names, parse_math=False)
    axis.set_ylim(-0.7, len(features) - 0.3)
    axis.set_xlim(0.49, 1.01)
    axis.set_xlabel("AUC of the feature alone", fontsize=9)
    shown_legend(figure, axis, loc="outside right upper")
    return as_svg(figure, "rankings")


def _draw_cuts(axis: Any, timeline: Timeline, with_names: bool) -> None:
    for part, day in timeline.cuts.items():
        if day >= len(timeline.days):
            continue
        axis.axvline(day - 0.5, color=THRESHOLD, linewidth=1, linestyle=":")
        if with_names:
            place = axis.get_xaxis_transform()
            label_text(axis, day - 0.4, 1.02, part, transform=place, va="bottom")


def _name_days(axis: Any, timeline: Timeline) -> None:
    step = max(1, -(-len(timeline.days) // 10))
    places = np.arange(0, len(timeline.days), step)
    axis.set_xticks(places, [timeline.days[place].name for place in places])
    axis.set_xlim(-0.6, len(timeline.days) - 0.4)
    axis.tick_params(axis="x", labelsize=8)


def _short(text: str, most: int = 24) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
