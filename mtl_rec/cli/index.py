"""`mtl-rec index`: the items of a version, laid out to be searched fast."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.id_file import read_ids
from mtl_rec.cli.output import OutputFormat, Quiet, progress_console, show

if TYPE_CHECKING:
    from mtl_rec.retrieval.indexing import SavedIndex

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec index saved_models/quickstart-two_tower/1 indexes/quickstart "
    "--set kind=faiss_ivf_sq --set probes=64\n\n"
    "mtl-rec index saved_models/quickstart-two_tower indexes/graph "
    "--set kind=faiss_hnsw --users users.parquet\n\n"
    "mtl-rec index saved_models/quickstart-two_tower/1 indexes/quickstart "
    "--add new.parquet --remove gone.txt"
)


def index(
    version: Annotated[
        Path,
        typer.Argument(
            help="Exported retrieval version whose items have vectors, or its model's "
            "folder, whose newest version is taken."
        ),
    ],
    folder: Annotated[Path, typer.Argument(help="Folder of the index.")],
    overrides: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="SETTING=VALUE",
            help="Replace one setting of `retrieval.index` in the version's config, as "
            "often as needed: kind is exact, faiss_hnsw, faiss_ivf_pq, faiss_ivf_sq or "
            "usearch.",
        ),
    ] = [],  # noqa: B006 - typer copies it
    add: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Of an index that is there: CSV, JSONL or Parquet file with a row for "
            "each item that is new, or of which something else is known now.",
        ),
    ] = None,
    remove: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Of an index that is there: ids of items that are gone, one a line.",
        ),
    ] = None,
    users: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV, JSONL or Parquet file with the features of users to measure "
            "with. Without it, items are searched for what is near them.",
        ),
    ] = None,
    output_format: OutputFormat = "auto",
    quiet: Quiet = False,
) -> None:
    """Index the items of a retrieval version, and measure what that misses.

    `recommendation.sources` of a config name the folder as `index`, beside the version.
    --add and --remove change an index without training it again.
    """
    is_change = add is not None or remove is not None
    if is_change and overrides:
        raise typer.BadParameter(
            "An index keeps its settings: --set goes without --add and --remove."
        )
    removed = [] if remove is None else read_ids(remove, "an item")
    with frameworks():
        import pyarrow as pa

        from mtl_rec.cli.stages import Stages
        from mtl_rec.retrieval.indexing import build_index, update_index
        from mtl_rec.retrieval.recommending.opening import newest_version
        from mtl_rec.run.row_files import read_rows

    def rows_of(path: Path | None) -> pa.Table | None:
        return None if path is None else pa.concat_tables(read_rows(path))

    own = newest_version(version, "VERSION")
    stages = Stages(progress_console(output_format, quiet))
    asked = rows_of(users)
    if is_change:
        saved = update_index(own, folder, rows_of(add), removed, asked, stages)
    else:
        saved = build_index(own, folder, overrides, asked, stages)
    queries = "items" if users is None else "users"
    show(
        _document(saved, own, queries),
        output_format,
        _table(saved),
        f"queries  {saved.quality.num_queries:,} vectors of {queries}",
        f"items    {len(saved.index):,}: {saved.num_added:,} added, "
        f"{saved.num_changed:,} changed, {saved.num_removed:,} removed",
        f"index    {folder}",
    )


def _table(saved: "SavedIndex") -> Table:
    own = saved.quality
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("", saved.index.settings.kind, "all compared", "times as fast"):
        table.add_column(heading, justify="right" if heading else "left")
    table.add_row(f"recall@{own.k}", f"{own.recall:.4f}", "1.0000", "")
    for what, found, exact, times in (
        ("ms alone", own.milliseconds, own.exact_milliseconds, own.times_as_fast),
        (
            "ms together",
            own.batch_milliseconds,
            own.exact_batch_milliseconds,
            own.times_as_fast_in_batch,
        ),
    ):
        table.add_row(what, f"{found:.3f}", f"{exact:.3f}", f"{times:.1f}")
    return table


def _document(saved: "SavedIndex", version: Path, queries: str) -> dict[str, Any]:
    own = saved.quality
    return {
        "folder": saved.folder,
        "version": version,
        "settings": saved.index.settings.model_dump(),
        "items": len(saved.index),
        "dim": saved.index.stored.dim,
        "added": saved.num_added,
        "changed": saved.num_changed,
        "removed": saved.num_removed,
        "queries": {"of": queries, "number": own.num_queries},
        f"recall@{own.k}": own.recall,
        "milliseconds": {
            "alone": own.milliseconds,
            "alone_exact": own.exact_milliseconds,
            "together": own.batch_milliseconds,
            "together_exact": own.exact_batch_milliseconds,
        },
        "times_as_fast": own.times_as_fast,
        "times_as_fast_together": own.times_as_fast_in_batch,
    }
