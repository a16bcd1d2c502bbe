"""Versions and their comparison as tables in the terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from mtl_rec.serving.server_files.models_config import Rollout
from mtl_rec.serving.versions.listing import VersionEntry

if TYPE_CHECKING:
    from mtl_rec.serving.versions.gate import GateReport, TaskComparison
    from mtl_rec.serving.versions.recalls import RecallComparison

_GATE_COLUMNS = (
    "positives",
    "AUC served",
    "AUC new",
    "difference",
    "calibration served",
    "calibration new",
)


def gate_table(report: "GateReport") -> Table | Text:
    """Every task of the new version beside the served one."""
    if report.recalls:
        return _recall_table(report)
    if not report.tasks:
        return Text(_without_rows(report))
    table = _empty_table()
    table.add_column("task", overflow="fold")
    for heading in _GATE_COLUMNS:
        table.add_column(heading, justify="right")
    table.add_column("verdict")
    for task in report.tasks:
        table.add_row(task.task, *_cells(task), _verdict(task))
    return table


def _recall_table(report: "GateReport") -> Table:
    """Recall of both versions, each on the test rows of its run."""
    table = _empty_table()
    table.add_column("metric")
    for heading in ("served", "new", "difference"):
        table.add_column(heading, justify="right")
    table.add_column("verdict")
    for own in report.recalls or ():
        served = "" if own.served is None else f"{own.served:.4f}"
        change = "" if own.served is None else f"{own.new - own.served:+.4f}"
        new = f"{own.new:.4f}"
        table.add_row(own.metric, served, new, change, _recall_verdict(own))
    return table


def _recall_verdict(own: "RecallComparison") -> Text:
    if own.problem:
        return Text(f"refused: {own.problem}", style="red")
    if own.served is None:
        return Text("nothing to compare with", style="dim")
    return Text("passes", style="green")


def _without_rows(report: "GateReport") -> str:
    if report.problems:
        return "Quality was not compared: the version is refused before that."
    with_whom = (
        "There is no version to compare with"
        if report.served is None
        else f"Quality was not compared with version {report.served}"
    )
    what_for = (
        "Give labelled rows with --data to judge AUC and calibration."
        if report.recalls is None
        else "Its manifest has no recall to judge."
    )
    return (
        f"{with_whom}; the golden rows, the weights and the signatures are sound. "
        f"{what_for}"
    )


def _cells(task: "TaskComparison") -> list[str]:
    served = task.served or {}
    change = task.auc_change
    return [
        _metric(task.new, "positives", "{:,}"),
        _metric(served, "auc", "{:.4f}"),
        _metric(task.new, "auc", "{:.4f}"),
        "" if change is None else f"{change:+.4f}",
        _metric(served, "calibration_ratio", "{:.3f}"),
        _metric(task.new, "calibration_ratio", "{:.3f}"),
    ]


def _verdict(task: "TaskComparison") -> Text:
    if task.problem:
        return Text(f"refused: {task.problem}", style="red")
    return Text(task.note, style="dim") if task.note else Text("passes", style="green")


def versions_table(entries: Sequence[VersionEntry]) -> Table:
    """Versions by number, with what is known of each; withdrawn ones are dimmed."""
    tasks = _tasks(entries)
    table = _empty_table()
    table.add_column("version", justify="right")
    for heading in ("exported (UTC)", "size", "labels", "state"):
        table.add_column(heading, no_wrap=True)
    for task in tasks:
        heading = f"{task} {_metric_of(entries, task)[1]}".rstrip()
        table.add_column(heading, justify="right")
    for entry in entries:
        cells = [
            str(entry.number),
            f"{entry.created:%Y-%m-%d %H:%M}",
            _size(entry.size_bytes),
            ", ".join(entry.labels),
            _state(entry),
        ]
        for task in tasks:
            metrics = entry.metrics.get(task, {})
            cells.append(_metric(metrics, _metric_of(entries, task)[0], "{:.4f}"))
        table.add_row(*cells, style="dim" if entry.is_withdrawn else None)
    return table


def rollout_text(rollout: Rollout) -> str:
    """What a server does next, in a line."""
    if not rollout.labels:
        return "server   loads the newest version"
    labels = ", ".join(f"{label}={number}" for label, number in rollout.labels.items())
    return f"labels   {labels}; the server loads these versions only"


def _tasks(entries: Sequence[VersionEntry]) -> list[str]:
    """Every task of any version, without what is given another event.

    Of a retrieval version, its recalls.
    """
    names = [
        name
        for entry in entries
        for name, metrics in entry.metrics.items()
        if "value" not in metrics or name.startswith("recall@")
    ]
    return [name for name in dict.fromkeys(names) if "_given_" not in name]


def _metric_of(entries: Sequence[VersionEntry], task: str) -> tuple[str, str]:
    """Name and heading of the metric that a task is known by."""
    if any("value" in entry.metrics.get(task, {}) for entry in entries):
        return "value", ""
    is_event = any("auc" in entry.metrics.get(task, {}) for entry in entries)
    return ("auc", "AUC") if is_event else ("rmse", "RMSE")


def _state(entry: VersionEntry) -> str:
    if entry.is_withdrawn:
        return "withdrawn"
    return "served" if entry.is_loaded else ""


def _size(size_bytes: int) -> str:
    size = size_bytes / 1e3
    for unit in ("kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


def _metric(metrics: Mapping[str, float | None], name: str, how: str) -> str:
    """A metric as text; empty if the task has none of that name."""
    if name not in metrics:
        return ""
    value = metrics[name]
    return "undefined" if value is None else how.format(value)


def _empty_table() -> Table:
    return Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
