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
    from mtl_rec.run.entry import Mode, RunEntry

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
            "metric), a task, whose best test AUC or RMSE comes first, or what is "
            "told of lists, such as recall@100."
        ),
    ] = "started",
    output_format: OutputFormat = "auto",
) -> None:
    """List runs: state, epochs, validation metric, test metrics, exported version."""
    from mtl_rec.cli.found_runs import every_run

    entries = _ordered(every_run(directory), sort)
    show([_plain(entry) for entry in entries], output_format, *_tables(entries))


def _ordered(entries: "list[RunEntry]", sort: str) -> "list[RunEntry]":
    columns = _columns(entries)
    if sort not in (*_ORDERS, *columns):
        allowed = [*_ORDERS, *columns]
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
            return sorted(entries, key=lambda entry: _rank(entry.best, entry.mode))

    def rank(entry: "RunEntry") -> tuple[bool, float]:
        _, value, mode = entry.headline(sort)
        return _rank(value, mode)

    return sorted(entries, key=rank)


def _rank(value: float | None, mode: "Mode") -> tuple[bool, float]:
    """Sorts what is better first, and what is not known last."""
    if value is None:
        return True, 0.0
    return False, -value if mode == "max" else value


def _columns(entries: "Sequence[RunEntry]") -> list[str]:
    """What is told of the test split of all runs, in their order."""
    return list(dict.fromkeys(name for entry in entries for name in entry.headlines))


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
    columns = _columns(entries)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("  run", "state", "epochs", "model", "backend"):
        table.add_column(heading, no_wrap=True)
    for heading in ("best validation", *columns):
        table.add_column(heading, overflow="fold")
    table.add_column("version", justify="right")
    for entry in entries:
        headlines = [entry.headline(column) for column in columns]
        test = [_shown(metric, value) for metric, value, _ in headlines]
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
    return "" if value is None else f"{metric.replace('_', ' ')} {value:.4f}".lstrip()
