"""Runs beside each other in the terminal."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from mtl_rec.cli.display import (
    EVENT_COLUMNS,
    LIST_COLUMNS,
    VALUE_COLUMNS,
    Columns,
)
from mtl_rec.cli.sparklines import sparkline
from mtl_rec.config.checks import mode_of

if TYPE_CHECKING:
    from mtl_rec.evaluation.differences import Difference, Differences
    from mtl_rec.run.comparison import Comparison
    from mtl_rec.run.entry import RunEntry

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COUNTS = ("rows", "positives")
_OF_DATA = (*_COUNTS, "label_rate", "label_mean")
"""Metrics that say nothing of the model: shown where they differ."""


def comparison_tables(
    comparison: "Comparison", differences: "Sequence[Differences | None]"
) -> list[RenderableType]:
    """Runs, settings, data, curves and metrics, from top to bottom.

    Args:
        comparison: Of the runs.
        differences: Of each run after the first from it, where their rows are the same.
    """
    parts = [
        _runs(comparison),
        _settings(comparison),
        _data(comparison),
        *_curves(comparison.runs),
        _metrics(comparison, differences),
        *_intervals(differences),
    ]
    shown: list[RenderableType] = []
    for part in parts:
        shown += ["", part] if shown else [part]
    return shown


def _letter(number: int) -> str:
    return _LETTERS[number] if number < len(_LETTERS) else str(number + 1)


def _runs(comparison: "Comparison") -> Table:
    table = _table("", "run", "state", "epochs", "version")
    for number, run in enumerate(comparison.runs):
        state = f"{run.state}: {run.stage}" if run.stage else run.state
        version = str(run.version or "")
        cells = (run.label, state, str(run.epochs[0]), version)
        table.add_row(_letter(number), *cells)
    return table


def _settings(comparison: "Comparison") -> RenderableType:
    if not comparison.settings:
        return "All settings are the same."
    letters = [_letter(number) for number in range(len(comparison.runs))]
    table = _table("setting that differs", *letters)
    for path, values in comparison.settings.items():
        table.add_row(path, *(_setting(value) for value in values))
    return table


def _setting(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _data(comparison: "Comparison") -> RenderableType:
    if comparison.other_data:
        parts = " and ".join(comparison.other_data)
        return Text(
            f"The rows of {parts} are not the same: metrics on other rows do not say "
            "which model is better.",
            style="yellow",
        )
    if not comparison.data or None in comparison.data.values():
        return Text("Not every run says what rows it had.", style="yellow")
    return "All splits hold the same rows."


def _curves(runs: "Sequence[RunEntry]") -> list[RenderableType]:
    """Validation metrics by epoch, on one scale for all runs that have epochs."""
    names = dict.fromkeys(n for run in runs for epoch in run.history for n in epoch)
    told = {"val_loss", *(run.metric for run in runs)}
    shown = [n for n in names if n in told or n.endswith(("_auc", "_rmse"))]
    if not shown:
        return []
    table = _table("validation, by epoch", "", "curve", "from", "best", "last")
    for name in shown:
        curves = [[epoch.get(name, math.nan) for epoch in run.history] for run in runs]
        numbers = [v for curve in curves for v in curve if math.isfinite(v)]
        if not numbers:
            continue
        better = max if mode_of(name) == "max" else min
        for number, curve in enumerate(curves):
            known = [value for value in curve if math.isfinite(value)]
            ends = (known[0], better(known), known[-1]) if known else ()
            line = sparkline(curve, min(numbers), max(numbers))
            title = "" if number else name.removeprefix("val_").replace("_", " ")
            table.add_row(title, _letter(number), line, *map("{:.4f}".format, ends))
    return [table]


def _metrics(
    comparison: "Comparison", differences: "Sequence[Differences | None]"
) -> RenderableType:
    if not comparison.metrics:
        return "No run has test metrics yet."
    first, *others = (_letter(number) for number in range(len(comparison.runs)))
    table = _table("test output", "metric")
    for letter in (first, *others, *(f"{letter} - {first}" for letter in others)):
        table.add_column(letter, justify="right")
    for output, metrics in comparison.metrics.items():
        columns = _columns(metrics)
        style = "dim" if "_given_" in output else None
        title = output
        for metric, (heading, written) in columns.items():
            values = metrics.get(metric, [None] * len(comparison.runs))
            if metric in _OF_DATA and len(set(values)) == 1:
                continue
            cells = ["" if value is None else written(value) for value in values]
            changes = [
                _change(values[0], value, metric, (of_run or {}).get(output, {}))
                for value, of_run in zip(values[1:], differences, strict=True)
            ]
            table.add_row(title, heading, *cells, *changes, style=style)
            title = ""
    return table


def _columns(metrics: Mapping[str, Any]) -> Columns:
    """What is shown of an output that has these metrics."""
    if "auc" in metrics:
        return EVENT_COLUMNS
    return LIST_COLUMNS if "value" in metrics else VALUE_COLUMNS


def _change(
    first: float | None,
    other: float | None,
    metric: str,
    differences: "Mapping[str, Difference]",
) -> str:
    if first is None or other is None:
        return ""
    if other == first:
        return "0"
    if metric in _COUNTS:
        return f"{other - first:+,}"
    difference = differences.get(metric)
    if difference is None or difference.interval is None:
        return f"{other - first:+.5f}"
    low, high = difference.interval
    mark = " *" if difference.is_certain else "  "
    return f"{other - first:+.5f} ({low:+.5f} to {high:+.5f}){mark}"


def _intervals(differences: "Sequence[Differences | None]") -> list[RenderableType]:
    """What the intervals are."""
    if not any(differences):
        text = "No two runs have kept figures of the same test rows: no intervals."
    else:
        text = "(95 % interval of the difference, over users; * where it excludes zero)"
    return [Text(text, style="dim")]


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
