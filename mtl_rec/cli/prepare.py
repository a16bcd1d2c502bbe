"""`mtl-rec prepare`: from an event log to labelled exposures."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from mtl_rec.cli.options import ConfigPath, Overrides
from mtl_rec.cli.output import OutputFormat, Quiet, progress_console, show
from mtl_rec.config import RunConfig, load_config
from mtl_rec.config.events import EventLog
from mtl_rec.config.log_columns import known_columns
from mtl_rec.errors import ConfigError

if TYPE_CHECKING:
    from mtl_rec.data.events.progress import Progress as Tell

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec prepare configs/taobao_userbehavior.yaml\n\n"
    "mtl-rec prepare configs/taobao_userbehavior.yaml --columns\n\n"
    "mtl-rec prepare configs/quickstart.yaml --report"
)
_RULES = ("log", "columns")


def prepare(
    config: ConfigPath,
    overrides: Overrides = [],  # noqa: B006 - typer copies it
    columns: Annotated[
        bool,
        typer.Option("--columns", help="List the columns features may read, and stop."),
    ] = False,
    report: Annotated[
        bool,
        typer.Option(
            "--report", help="Also write a report on drift and leakage, with plots."
        ),
    ] = False,
    output_format: OutputFormat = "auto",
    quiet: Quiet = False,
) -> None:
    """Make labelled exposures of an event log; report on the data.

    Exposures are kept: `train` finds them by the fingerprint of log and rules.
    """
    run = load_config(config, overrides)
    log = run.data.source
    if not isinstance(log, EventLog) and (columns or not report):
        raise _no_log(run)
    if columns and isinstance(log, EventLog):
        names = known_columns(log)
        show(names, output_format, *names)
        return
    # Half a second of imports, which a wrong config need not wait for.
    from mtl_rec.data import open_exposures
    from mtl_rec.data import report as reporting

    if report:
        reporting.require_plots()
    with _bars(progress_console(output_format, quiet)) as progress:
        splits = open_exposures(run.data, run.features, run.tasks, progress)
        sizes = splits.sizes()
        made = reporting.make_report(splits, progress) if report else None
    place = Path("runs") / run.name
    result: dict[str, Any] = {"rows": sizes}
    shown: list[RenderableType] = []
    if isinstance(log, EventLog):
        from mtl_rec.data.events import prepare as find_prepared

        names = [feature.source_column for feature in run.features]
        prepared = find_prepared(log, names, run.tasks)
        place = prepared.folder
        result |= {"exposures": place, "log": _without_rules(prepared.summary)}
        shown += [_summary_table(prepared.summary, sizes), f"exposures  {place}"]
        if prepared.summary["rejected"]:
            shown.append(f"rejected   {place}.rejected.csv")
    if made is not None:
        # Readers of Parquet folders pass over names that begin like this.
        place = place / "_report"
        place.mkdir(parents=True, exist_ok=True)
        path = reporting.write_report(made, place, title=run.name)
        result |= {"findings": made.findings(), "report": path}
        shown += [f"finding    {finding}" for finding in made.findings()]
        shown.append(f"report     {path}")
    show(result, output_format, *shown)


def _without_rules(summary: dict[str, Any]) -> dict[str, Any]:
    """What was counted; the config says the rest."""
    return {name: what for name, what in summary.items() if name not in _RULES}


def _no_log(run: RunConfig) -> ConfigError:
    return ConfigError(
        "`mtl-rec prepare` needs an event log as `data.source`. Received: kind "
        f"{run.data.source.kind}, whose exposures need no preparing; `mtl-rec prepare "
        "--report` reports on them."
    )


@contextmanager
def _bars(console: Console) -> Iterator["Tell"]:
    """One bar for each step, in the order in which steps begin."""
    bars: dict[str, Any] = {}
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as shown:

        def tell(what: str, done: int, total: int | None) -> None:
            if what not in bars:
                bars[what] = shown.add_task(what, total=None)
            shown.update(bars[what], completed=done, total=total)

        yield tell


def _summary_table(summary: dict[str, Any], sizes: dict[str, int]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column("what", overflow="fold")
    table.add_column("count", justify="right")
    table.add_column("note", style="dim", overflow="fold")
    exposures = summary["exposures"]

    def row(what: str, count: int, note: str = "") -> None:
        table.add_row(what, f"{count:,}", note)

    row("rows of the log", summary["rows_read"])
    for reason, count in summary["rejected"].items():
        row("  rejected", count, reason)
    row("  duplicates", summary["duplicate_events"])
    row("events", summary["events"], f"of {summary['users']:,} users")
    row("exposures", exposures)
    for label, count in summary["labels"].items():
        row(f"  {label}", count, f"{count / max(exposures, 1):.3%} of exposures")
    row("  left out", summary["windows_cut_by_end"], "the log ends within their window")
    if summary["exposures_without_negatives"]:
        row("  left out", summary["exposures_without_negatives"], "no item to draw")
    for task, count in summary["repaired"].items():
        row("  repaired", count, f"`{task}` without the step before")
    if summary["sampled_negatives"]:
        row("sampled negatives", summary["sampled_negatives"])
    busiest = summary["busiest_users"]
    if busiest["users"]:
        over = f"with more than {busiest['events_a_day_over']:,} events on a day: bots?"
        row("busy users", busiest["users"], over)
    for part in ("train", "validation", "test"):
        row(f"{part} rows", sizes[part])
    row("  left out", sizes["left_out"], "their window crosses a cut between parts")
    return table
