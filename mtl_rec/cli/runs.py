"""`mtl-rec runs`: what runs there are, and what became of each."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import RenderableType
from rich.table import Table

from mtl_rec.cli.output import OutputFormat, show
from mtl_rec.config.checks import suggestion
from mtl_rec.errors import ConfigError

if TYPE_CHECKING:
    from mtl_rec.run.listing import RunEntry

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec runs\n\n"
    "mtl-rec runs runs/quickstart --sort purchase\n\n"
    "mtl-rec runs --format json"
)

_ORDERS = ("started", "name", "state", "best")


def runs(
    directory: Annotated[
        Path, typer.Argument(help="Folder of runs, or of the runs of one name.")
    ] = Path("runs"),
    sort: Annotated[
        str,
        typer.Option(
            help="started (the newest first), name, state, best (by the validation "
            "metric), or a task, whose best test AUC or RMSE comes first."
        ),
    ] = "started",
    output_format: OutputFormat = "auto",
) -> None:
    """List runs: state, epochs, validation metric, test metrics, exported version."""
    from mtl_rec.run.listing import list_runs

    entries = _ordered(list_runs(directory), sort)
    show([_plain(entry) for entry in entries], output_format, *_tables(entries))


def _ordered(entries: "list[RunEntry]", sort: str) -> "list[RunEntry]":
    tasks = _tasks(entries)
    if sort not in (*_ORDERS, *tasks):
        allowed = [*_ORDERS, *tasks]
        raise ConfigError(
            f"`--sort` must be one of {allowed}. Received: '{sort}'."
            f"{suggestion(sort, allowed)}"
        )
    match sort:
        case "started":
            return entries
        case "name" | "state":
            return sorted(entries, key=lambda entry: getattr(entry, sort))
        case "best":
            return sorted(entries, key=lambda entry: _rank(entry.metric, entry.best))
    return sorted(entries, key=lambda entry: _rank(*_test_metric(entry, sort)))


def _rank(metric: str, value: float | None) -> tuple[bool, float]:
    """Sorts what is better first, and what is not known last."""
    if value is None:
        return True, 0.0
    return False, -value if metric.endswith("auc") else value


def _tasks(entries: "Sequence[RunEntry]") -> list[str]:
    """The tasks of all runs, in their order."""
    names = [
        str(task.get("name")) for entry in entries for task in entry.config["tasks"]
    ]
    return list(dict.fromkeys(names))


def _test_metric(entry: "RunEntry", task: str) -> tuple[str, float | None]:
    metrics = entry.metrics.get(task, {})
    name = "auc" if "auc" in metrics else "rmse"
    return name, metrics.get(name)


def _plain(entry: "RunEntry") -> dict[str, Any]:
    trained, planned = entry.epochs
    return {
        "run": entry.path,
        "name": entry.name,
        "started": entry.started and entry.started.isoformat(),
        "state": entry.state,
        "stage": entry.stage or None,
        "epochs": trained,
        "epochs_planned": planned,
        "architecture": entry.architecture,
        "backend": entry.backend,
        "validation": {entry.metric: entry.best},
        "test": entry.metrics,
        "version": entry.version,
    }


def _tables(entries: "Sequence[RunEntry]") -> list[RenderableType]:
    """The runs of each name below each other: they have the same tasks."""
    shown: list[RenderableType] = []
    for name in dict.fromkeys(entry.name for entry in entries):
        own = [entry for entry in entries if entry.name == name]
        shown += ["", name] if shown else [name]
        shown.append(_table(own))
    return shown


def _table(entries: "Sequence[RunEntry]") -> Table:
    tasks = _tasks(entries)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("  run", "state", "epochs", "model", "backend"):
        table.add_column(heading, no_wrap=True)
    for heading in ("best validation", *tasks):
        table.add_column(heading, overflow="fold")
    table.add_column("version", justify="right")
    for entry in entries:
        test = [_shown(*_test_metric(entry, task)) for task in tasks]
        version = entry.version.name if entry.version else ""
        table.add_row(*_cells(entry), *test, version)
    return table


def _cells(entry: "RunEntry") -> list[str]:
    trained, planned = entry.epochs
    state = f"{entry.state}: {entry.stage}" if entry.stage else entry.state
    epochs = f"{trained}/{planned}" if planned else str(trained)
    best = _shown(entry.metric.removeprefix("val_"), entry.best)
    run = f"  {entry.path.name}"
    return [run, state, epochs, entry.architecture, entry.backend, best]


def _shown(metric: str, value: float | None) -> str:
    return "" if value is None else f"{metric.replace('_', ' ')} {value:.4f}"
