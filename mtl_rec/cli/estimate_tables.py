"""What a run would take, for people and for programs."""

from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from mtl_rec.cli.output import Format, show

if TYPE_CHECKING:
    from mtl_rec.run.dry_run import Estimate

LISTED = 12
"""Vocabularies that are shown, the largest first."""


def show_estimate(estimate: "Estimate", output_format: Format) -> None:
    """Rows, vocabularies, parameters, memory and time, and how they were reached."""
    parts = [
        _rows(estimate),
        _vocabularies(estimate),
        _parameters(estimate),
        _memory(estimate),
        _time(estimate),
    ]
    rendered: list[RenderableType] = []
    for part in parts:
        rendered += ["", part] if rendered else [part]
    if estimate.total_bytes > estimate.available:
        text = f"This machine has {_size(estimate.available)}: the run may be killed."
        rendered.append(Text(text, style="red"))
    rendered += ["", _how(estimate)]
    show(_plain(estimate), output_format, *rendered)


def _rows(estimate: "Estimate") -> Table:
    table = _table("rows", "")
    for part, count in estimate.rows.items():
        table.add_row(part, _count(count, estimate.is_exact))
    return table


def _vocabularies(estimate: "Estimate") -> Table:
    table = _table("vocabulary", "ids", "width", "numbers")
    sizes = sorted(estimate.vocabularies.items(), key=lambda e: -e[1].parameters)
    for name, size in sizes[:LISTED]:
        is_exact = size.seen == size.expected
        ids = _count(size.expected, is_exact)
        table.add_row(name, ids, str(size.embedding_dim), f"{size.parameters:,}")
    rest = [size for _, size in sizes[LISTED:]]
    if rest:
        ids = sum(size.expected for size in rest)
        numbers = sum(size.parameters for size in rest)
        table.add_row(f"{len(rest)} more", f"{ids:,}", "", f"{numbers:,}")
    return table


def _parameters(estimate: "Estimate") -> Table:
    table = _table("parameters", "")
    for part, count in estimate.parameters.items():
        table.add_row(part, f"{count:,}")
    table.add_row("all", f"{sum(estimate.parameters.values()):,}")
    return table


def _memory(estimate: "Estimate") -> Table:
    table = _table("memory", "")
    for what, num_bytes in estimate.memory.items():
        table.add_row(what, _size(num_bytes))
    table.add_row("all, about", _size(estimate.total_bytes))
    table.add_row("available", _size(estimate.available))
    return table


def _time(estimate: "Estimate") -> Table:
    table = _table("time", "")
    seconds = estimate.seconds
    table.add_row("read, learn, encode", _seconds(seconds["prepare"]))
    table.add_row("compile", _seconds(seconds["compile"]))
    table.add_row("an epoch", _seconds(seconds["epoch"]))
    table.add_row(f"all of {estimate.epochs} epochs", _seconds(estimate.total_seconds))
    return table


def _how(estimate: "Estimate") -> str:
    rate = 1 / max(1e-12, estimate.speed.train_seconds_a_row)
    return (
        f"An estimate. Looked at {estimate.rows_looked_at:,} rows; larger vocabularies "
        "are what these grow to if they go on as they did. Time is that of "
        f"{estimate.speed.rows_timed:,} rows trained on now, {rate:,.0f} a second; "
        "early stopping may end sooner, and evaluation and export come on top. Nothing "
        "was written."
    )


def _plain(estimate: "Estimate") -> dict[str, Any]:
    return {
        "rows": estimate.rows,
        "is_exact": estimate.is_exact,
        "rows_looked_at": estimate.rows_looked_at,
        "vocabularies": {
            name: {
                "ids_seen": size.seen,
                "ids": size.expected,
                "embedding_dim": size.embedding_dim,
                "parameters": size.parameters,
            }
            for name, size in estimate.vocabularies.items()
        },
        "parameters": estimate.parameters,
        "memory_bytes": {**estimate.memory, "all": estimate.total_bytes},
        "available_bytes": estimate.available,
        "seconds": {**estimate.seconds, "all": estimate.total_seconds},
        "epochs": estimate.epochs,
        "rows_a_second": 1 / max(1e-12, estimate.speed.train_seconds_a_row),
    }


def _count(count: int, is_exact: bool) -> str:
    return f"{count:,}" if is_exact else f"about {count:,}"


def _size(num_bytes: float) -> str:
    if num_bytes < 2**30:
        return f"{num_bytes / 2**20:,.0f} MiB"
    return f"{num_bytes / 2**30:.1f} GiB"


def _seconds(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(headings[0], overflow="fold")
    for heading in headings[1:]:
        table.add_column(heading, justify="right")
    return table
