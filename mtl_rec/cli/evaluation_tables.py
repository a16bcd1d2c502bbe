"""Metrics with their intervals, and in slices, in the terminal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from mtl_rec.cli.display import amount, is_conditional, population_note, share

if TYPE_CHECKING:
    from mtl_rec.evaluation.evaluation import Evaluation, Interval, Slice

Writer = Callable[[float], str]

Column = tuple[str, str, Writer]
"""Metric, heading, how a number is written."""

FOUR, FIVE, THREE = "{:.4f}".format, "{:.5f}".format, "{:.3f}".format
COUNT: Writer = "{:,.0f}".format

_RANKING: Sequence[Column] = [
    ("rows", "rows", COUNT),
    ("positives", "positives", COUNT),
    ("label_rate", "rate", share),
    ("auc", "AUC", FOUR),
    ("gauc", "GAUC", FOUR),
    ("pr_auc", "PR-AUC", FOUR),
]
_PROBABILITIES: Sequence[Column] = [
    ("log_loss", "log loss", FIVE),
    ("normalised_entropy", "NE", FOUR),
    ("calibration_ratio", "calibration", THREE),
    ("ece", "ECE", FIVE),
]
_THRESHOLD: Sequence[Column] = [
    ("threshold", "threshold", FOUR),
    ("precision", "precision", FOUR),
    ("recall", "recall", FOUR),
]
_TRUTH: Sequence[Column] = [
    ("soft_auc", "soft AUC", FOUR),
    ("ceiling_auc", "ceiling", FOUR),
    ("share_of_ceiling", "share of lift", FOUR),
    ("soft_log_loss", "soft log loss", FIVE),
    ("floor_log_loss", "floor", FIVE),
]
_VALUES: Sequence[Column] = [
    ("rows", "rows", COUNT),
    ("label_mean", "mean", amount),
    ("mean_prediction", "predicted", amount),
    ("rmse", "RMSE", amount),
    ("mae", "MAE", amount),
    ("r_squared", "R²", FOUR),
    ("calibration_ratio", "calibration", THREE),
]
_SLICE: Sequence[Column] = [
    ("rows", "rows", COUNT),
    ("positives", "positives", COUNT),
    ("label_rate", "rate", share),
    ("auc", "AUC", FOUR),
    ("normalised_entropy", "NE", FOUR),
    ("calibration_ratio", "calibration", THREE),
]
_VALUE_SLICE: Sequence[Column] = [
    ("rows", "rows", COUNT),
    ("label_mean", "mean", amount),
    ("rmse", "RMSE", amount),
    ("calibration_ratio", "calibration", THREE),
]
_WITHOUT_INTERVAL = ("rows", "positives", "label_rate", "label_mean", "threshold")


def evaluation_tables(evaluation: "Evaluation") -> list[RenderableType]:
    """Every output's metrics with half the width of their 95 % intervals.

    Conditional outputs come last, dimmed. Tables that would be empty are left out.
    """
    metrics = evaluation.metrics
    events = [name for name, entry in metrics.items() if "rmse" not in entry]
    values = [name for name in metrics if name not in events]
    tables = [
        _table(evaluation, events, columns)
        for columns in (_RANKING, _PROBABILITIES, _lists(metrics, events), _THRESHOLD)
    ]
    tables += [_table(evaluation, events, _TRUTH), _table(evaluation, values, _VALUES)]
    shown: list[RenderableType] = []
    for table in tables:
        if table is not None:
            shown += [table, ""]
    drawn = "users" if evaluation.users is not None else "rows"
    shown.append(Text(f"± is half the 95 % interval over {drawn}.", style="dim"))
    note = population_note(metrics)
    return [*shown, note] if note else shown


def slice_tables(evaluation: "Evaluation") -> list[RenderableType]:
    """A table for each slicing, with every output given the exposure."""
    shown: list[RenderableType] = []
    for slicing, outputs in evaluation.slices.items():
        for name, slices in outputs.items():
            if not is_conditional(name):
                shown += ["", _slice_table(f"{name} by {slicing}", slices)]
    return shown


def _lists(
    metrics: Mapping[str, Mapping[str, float | None]], events: Iterable[str]
) -> list[Column]:
    """Recall and NDCG at each cut-off."""
    names = dict.fromkeys(m for name in events for m in metrics[name] if "@" in m)
    return [(name, name.replace("ndcg", "NDCG"), FOUR) for name in names]


def _table(
    evaluation: "Evaluation", outputs: Sequence[str], columns: Sequence[Column]
) -> Table | None:
    entries = {name: evaluation.metrics[name] for name in outputs}
    shown = [metric for metric, *_ in columns]
    if not any(entry.get(m) is not None for entry in entries.values() for m in shown):
        return None
    table = _new_table("output", columns)
    for name in sorted(outputs, key=is_conditional):
        cells = [
            _cell(entries[name].get(m), evaluation.intervals[name].get(m), m, written)
            for m, _, written in columns
        ]
        table.add_row(name, *cells, style="dim" if is_conditional(name) else None)
    return table


def _slice_table(title: str, slices: "Mapping[str, Slice]") -> Table:
    of_values = any("rmse" in own.metrics for own in slices.values())
    columns = _VALUE_SLICE if of_values else _SLICE
    table = _new_table(title, columns)
    for label, own in slices.items():
        counts = {"rows": own.rows, "positives": own.positives}
        values = {**counts, **own.metrics}
        table.add_row(
            label,
            *(
                _cell(values[m], own.intervals.get(m), m, written)
                for m, _, written in columns
            ),
        )
    return table


def _new_table(title: str, columns: Sequence[Column]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(title, overflow="fold")
    for _, heading, _ in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _cell(
    value: float | None, interval: "Interval", metric: str, written: Writer
) -> str:
    if value is None:
        return "undefined"
    if metric in _WITHOUT_INTERVAL:
        return written(value)
    if interval is None:
        return f"{written(value)} ±?"
    low, high = interval
    return f"{written(value)} ±{written((high - low) / 2).removeprefix('0')}"
