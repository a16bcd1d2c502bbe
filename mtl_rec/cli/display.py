"""Metrics as tables in the terminal."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from mtl_rec.evaluation.report import Metrics
    from mtl_rec.export.climbing import RungResult

Columns = Mapping[str, tuple[str, Callable[[Any], str]]]
"""By metric: the heading, and how a number is written."""


def metrics_table(metrics: "Metrics") -> Table:
    """What is given the exposure first, then the conditional outputs, dimmed.

    Args:
        metrics: As `evaluate_predictions` returns them.

    Returns:
        A table of the events and one of the values below each other, without the one
        that would be empty. A metric that is not defined is shown as "undefined".
        Where negatives were sampled, a line below says what the metrics describe.
    """
    values = {name: entry for name, entry in metrics.items() if "rmse" in entry}
    events = {name: entry for name, entry in metrics.items() if name not in values}
    tables = Table.grid()
    if events:
        tables.add_row(_table(events, EVENT_COLUMNS))
    if events and values:
        tables.add_row()
    if values:
        tables.add_row(_table(values, VALUE_COLUMNS))
    population = [entry.get("population_rows") or 0 for entry in metrics.values()]
    if any(population):
        text = (
            "Negatives were sampled: all but the counts describe the "
            f"{max(population):,.0f} rows before that."
        )
        tables.add_row(Text(text, style="dim"))
    return tables


def rungs_table(rungs: "Sequence[RungResult]") -> Table:
    """What was proved of an exported version, in order."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("verified", "what it proves"):
        table.add_column(heading)
    for heading in ("largest difference", "time"):
        table.add_column(heading, justify="right", no_wrap=True)
    for rung in rungs:
        difference = rung.max_difference
        shown = "" if difference is None else f"{difference:.1e}"
        table.add_row(rung.name, rung.proves, shown, f"{rung.seconds:.1f} s")
    return table


def _table(metrics: "Metrics", columns: Columns) -> Table:
    # One space between columns keeps nine of them within 100 characters.
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("output", overflow="fold")
    for heading, _ in columns.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for name in sorted(metrics, key=_is_conditional):
        cells = [
            _cell(metrics[name][metric], written)
            for metric, (_, written) in columns.items()
        ]
        table.add_row(name, *cells, style="dim" if _is_conditional(name) else None)
    return table


def _is_conditional(name: str) -> bool:
    return "_given_" in name


def _cell(value: float | None, written: Callable[[Any], str]) -> str:
    return "undefined" if value is None else written(value)


def _share(value: float) -> str:
    return f"{100 * value:.3g}%"


def _amount(value: float) -> str:
    # Expected values of an exposure are small where orders are rare.
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.3g}"


EVENT_COLUMNS: Columns = {
    "rows": ("rows", "{:,}".format),
    "positives": ("positives", "{:,}".format),
    "label_rate": ("rate", _share),
    "auc": ("AUC", "{:.4f}".format),
    "pr_auc": ("PR-AUC", "{:.4f}".format),
    "log_loss": ("log loss", "{:.5f}".format),
    "normalised_entropy": ("NE", "{:.4f}".format),
    "calibration_ratio": ("calibration", "{:.3f}".format),
}

VALUE_COLUMNS: Columns = {
    "rows": ("rows", "{:,}".format),
    "label_mean": ("mean", _amount),
    "mean_prediction": ("predicted", _amount),
    "rmse": ("RMSE", _amount),
    "mae": ("MAE", _amount),
    "r_squared": ("R²", "{:.4f}".format),
    "calibration_ratio": ("calibration", "{:.3f}".format),
}
