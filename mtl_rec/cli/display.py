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


def population_note(metrics: "Metrics") -> Text | None:
    """Where negatives were sampled, what the metrics describe."""
    population = [entry.get("population_rows") or 0 for entry in metrics.values()]
    if not any(population):
        return None
    text = (
        "Negatives were sampled: all but the counts describe the "
        f"{max(population):,.0f} rows before that."
    )
    return Text(text, style="dim")


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


def is_conditional(name: str) -> bool:
    """Whether an output is given another event than the exposure."""
    return "_given_" in name


def share(value: float) -> str:
    """As a percentage."""
    return f"{100 * value:.3g}%"


def amount(value: float) -> str:
    """As money is written."""
    # Expected values of an exposure are small where orders are rare.
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.3g}"


EVENT_COLUMNS: Columns = {
    "rows": ("rows", "{:,}".format),
    "positives": ("positives", "{:,}".format),
    "label_rate": ("rate", share),
    "auc": ("AUC", "{:.4f}".format),
    "gauc": ("GAUC", "{:.4f}".format),
    "pr_auc": ("PR-AUC", "{:.4f}".format),
    "log_loss": ("log loss", "{:.5f}".format),
    "normalised_entropy": ("NE", "{:.4f}".format),
    "calibration_ratio": ("calibration", "{:.3f}".format),
    "ece": ("ECE", "{:.5f}".format),
}

VALUE_COLUMNS: Columns = {
    "rows": ("rows", "{:,}".format),
    "label_mean": ("mean", amount),
    "mean_prediction": ("predicted", amount),
    "rmse": ("RMSE", amount),
    "mae": ("MAE", amount),
    "r_squared": ("R²", "{:.4f}".format),
    "calibration_ratio": ("calibration", "{:.3f}".format),
}

LIST_COLUMNS: Columns = {"value": ("", "{:.4f}".format)}
"""Of lists, whose outputs are metrics."""
