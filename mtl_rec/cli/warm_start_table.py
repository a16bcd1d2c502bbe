"""What was taken from another run, as a table in the terminal."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from mtl_rec.training.warm_start.report import PartReport, WarmStartReport


def warm_start_table(report: WarmStartReport) -> RenderableType:
    """The parts of which something is new, left behind or changed; then all others.

    Args:
        report: Of a run that started from another.

    Returns:
        A line that says how much of the model was taken, and a table of its parts whose
        numbers are counts of weights.
    """
    share = report.taken / (report.taken + report.new)
    said = f"{_percent(share)} of the weights are those of {report.source}"
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("part", no_wrap=True)
    for heading in ("taken", "new", "left behind"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    told = [part for part in report.parts if part.why]
    for part in told:
        _add_row(table, f"{part.kind} {part.name}", [part], part.why)
    others = [part for part in report.parts if not part.why]
    if others:
        noun = "other" if told else "part"
        plural = "s" if len(others) > 1 else ""
        _add_row(table, f"{len(others)} {noun}{plural}", others, "the same")
    return Group(Text(said), table)


def _add_row(table: Table, name: str, parts: Sequence[PartReport], why: str) -> None:
    counts = [
        sum(part.taken for part in parts),
        sum(part.new for part in parts),
        sum(part.left_behind for part in parts),
    ]
    table.add_row(name, *(f"{count:,}" if count else "" for count in counts), Text(why))


def _percent(share: float) -> str:
    # Not rounded to 100% where something is new.
    return "All" if share == 1 else f"{min(100 * share, 99.9):.1f}%"
