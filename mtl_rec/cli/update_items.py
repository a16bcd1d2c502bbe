"""`mtl-rec update-items`: items come and go, and nothing is trained again."""

from pathlib import Path
from typing import Annotated

import typer

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.completion import complete_retrieval_run
from mtl_rec.cli.id_file import read_ids
from mtl_rec.cli.output import OutputFormat, Quiet, progress_console, show

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec update-items runs/quickstart-two_tower/20260101-120000 --add new.parquet"
    "\n\n"
    "mtl-rec update-items runs/quickstart-content/20260101-120000 --remove gone.txt"
)


def update_items(
    run: Annotated[
        Path,
        typer.Argument(
            help="Folder of a finished retrieval run, runs/<name>-<kind>/<time>.",
            autocompletion=complete_retrieval_run,
        ),
    ],
    add: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV, JSONL or Parquet file with a row for each item that is new, or "
            "of which something else is known now.",
        ),
    ] = None,
    remove: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Ids of items that are gone, one a line."),
    ] = None,
    output_format: OutputFormat = "auto",
    quiet: Quiet = False,
) -> None:
    """Export the next version of a retrieval run, of another catalogue.

    New items get the vectors that the trained towers make of what is known of them.
    """
    if add is None and remove is None:
        raise typer.BadParameter("Give --add, --remove, or both.")
    removed = [] if remove is None else read_ids(remove, "an item")
    with frameworks():
        import pyarrow as pa

        from mtl_rec.cli.display import rungs_table
        from mtl_rec.cli.results import version_document
        from mtl_rec.cli.stages import Stages
        from mtl_rec.retrieval.folder import RetrievalFolder
        from mtl_rec.retrieval.updating import update_items as update
        from mtl_rec.run.row_files import read_rows

    folder = RetrievalFolder.open(run)
    added = None if add is None else pa.concat_tables(read_rows(add))
    result = update(
        folder, added, removed, Stages(progress_console(output_format, quiet))
    )
    counts = {
        "added": result.num_added,
        "changed": result.num_changed,
        "removed": result.num_removed,
        "items": result.num_items,
    }
    show(
        {**version_document(result.version), **counts},
        output_format,
        rungs_table(result.version.rungs),
        f"items    {result.num_items:,}: {result.num_added:,} added, "
        f"{result.num_changed:,} changed, {result.num_removed:,} removed",
        f"version  {result.version.path}",
    )
