"""`mtl-rec init`: a starter config from a look at the data."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from mtl_rec.cli.output import OutputFormat, Quiet, progress_console, show
from mtl_rec.config import load_config
from mtl_rec.errors import ArtifactError
from mtl_rec.whole_files import written_whole

if TYPE_CHECKING:
    from mtl_rec.data.starter import Starter
    from mtl_rec.data.starter.wishes import What

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec init exposures.csv\n\n"
    "mtl-rec init 'events/*.parquet' --output configs/shop.yaml\n\n"
    "mtl-rec init events.csv --items products.csv --users customers.parquet\n\n"
    "mtl-rec init clicks.tsv --label clicked --label bought --exclude order_id\n\n"
    "mtl-rec init UserBehavior.csv --header user,item,category,action,seconds"
)


def init(
    data: Annotated[
        str, typer.Argument(help="CSV or Parquet: a file, a folder or a glob.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(help="YAML file to write; configs/<name>.yaml if not given."),
    ] = None,
    label: Annotated[
        list[str],
        typer.Option(
            metavar="COLUMN",
            help="Column of what is to be predicted, as often as needed.",
        ),
    ] = [],  # noqa: B006 - typer copies it
    items: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="What is known of the items of a log: a row for each id.",
        ),
    ] = None,
    users: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="What is known of its users."),
    ] = None,
    user: Annotated[str | None, typer.Option(help="Column of the user's id.")] = None,
    item: Annotated[str | None, typer.Option(help="Column of the item's id.")] = None,
    event: Annotated[
        str | None,
        typer.Option(help="Column of the type of event, of a log: view, cart, buy."),
    ] = None,
    time: Annotated[str | None, typer.Option(help="Column of the time.")] = None,
    exclude: Annotated[
        list[str],
        typer.Option(
            metavar="COLUMN",
            help="Column to leave out, as often as needed; of a table beside a log "
            "as items.brand.",
        ),
    ] = [],  # noqa: B006 - typer copies it
    header: Annotated[
        str | None,
        typer.Option(help="Names of the columns, a,b,c, of a CSV that has none."),
    ] = None,
    separator: Annotated[
        str | None, typer.Option(help="Character between the fields of a CSV.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the run.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if it is there.")
    ] = False,
    output_format: OutputFormat = "auto",
    quiet: Quiet = False,
) -> None:
    """Write a starter config for data that it looks at, and say what it took for what.

    Rows may be labelled exposures or events of a log, beside which there may be a
    catalogue. Everything is a guess by names and values, with its reason in a comment.
    """
    if output is not None:
        _require_free(output, force)
    console = progress_console(output_format, quiet)
    with console.status("look at the data ..."):
        # Half a second of imports, which wrong usage need not wait for.
        from mtl_rec.data.starter import Wishes, make_starter

        beside: dict[What, str | None] = {"items": items, "users": users}
        wishes = Wishes(
            user,
            item,
            event,
            time,
            tuple(label),
            tuple(exclude),
            _character(separator),
            tuple(header.split(",")) if header else (),
            name,
            {what: path for what, path in beside.items() if path},
        )
        starter = make_starter(data, wishes)
    path = output or Path("configs") / f"{starter.name}.yaml"
    _require_free(path, force)
    _write(path, starter.text(str(path)))
    lines = [*_notes(starter), f"config  {path}", f"next    mtl-rec train {path}"]
    show(_plain(starter, path), output_format, _table(starter), "", *lines)


def _require_free(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise ArtifactError(
            f"'{path}' is already there, and its comments may be yours. Give --force "
            "to replace it, or another name with --output."
        )


def _character(separator: str | None) -> str | None:
    """A tab is hard to type."""
    return "\t" if separator in ("\\t", "tab") else separator


def _write(path: Path, text: str) -> None:
    """Writes the config once it is known to be right."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
        load_config(unfinished)


def _notes(starter: "Starter") -> list[str]:
    sample = starter.sample
    rows = f"looked at {sample.rows.num_rows:,} rows"
    if not sample.is_whole:
        rows += f" from all over some {sample.num_rows:,}"
    return [rows, *(f"check   {note}" for note in starter.draft.notes)]


def _table(starter: "Starter") -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("column", "taken as", "why"):
        table.add_column(heading, overflow="fold")
    for guess in starter.draft.guesses:
        is_used = not guess.taken_as.startswith(("left out", "ignored"))
        style = None if is_used else "dim"
        table.add_row(guess.column, guess.taken_as, guess.why, style=style)
    return table


def _plain(starter: "Starter", path: Path) -> dict[str, Any]:
    sample = starter.sample
    return {
        "config": path,
        "rows_looked_at": sample.rows.num_rows,
        "rows": sample.num_rows,
        "is_exact": sample.is_whole,
        "columns": {
            guess.column: {"taken_as": guess.taken_as, "why": guess.why}
            for guess in starter.draft.guesses
        },
        "check": starter.draft.notes,
    }
