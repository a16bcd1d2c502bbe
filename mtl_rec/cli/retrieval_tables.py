"""What `retrieve` leaves, for people and for programs."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from mtl_rec.cli.display import rungs_table
from mtl_rec.cli.output import Format, show
from mtl_rec.cli.results import version_document

if TYPE_CHECKING:
    from mtl_rec.retrieval.judging import Judgement
    from mtl_rec.retrieval.pipeline import RetrievalResult

_MEANINGS = {
    "recall": "of what a user should find, on the first k places",
    "ndcg": "discounted gain over that of the best list",
    "coverage": "of the catalogue in some list",
    "novelty": "mean of -log2 of an item's share of events",
    "cold_share": "of the places, with items that nobody had seen before",
    "cold_recall": "of these items, in lists of all items",
    "cold_only_recall": "of these items, in lists of these items",
}


def show_retrieved(
    result: "RetrievalResult", runs: Path, output_format: Format
) -> None:
    """The metrics of a retrieval run, its version, and where both lie."""
    folder, version = result.folder, result.version
    about = folder.read_json(folder.judgement_path)
    shown = {"run": folder.path, **version_document(version), **about}
    show(
        shown,
        output_format,
        *judgement_tables(result.judgement),
        "",
        rungs_table(version.rungs),
        f"run      {folder.path}",
        f"version  {version.path}",
        f"curves   tensorboard --logdir {runs}",
    )


def judgement_tables(judgement: "Judgement") -> list[Table | str]:
    """Each metric at every k, with its 95 % interval where it has one."""
    found = {name.partition("@")[0] for name in judgement.estimates}
    names = [name for name in _MEANINGS if name in found]
    cutoffs = dict.fromkeys(name.partition("@")[2] for name in judgement.estimates)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("metric")
    for cutoff in cutoffs:
        table.add_column(f"@{cutoff}", justify="right", no_wrap=True)
    table.add_column("what it is")
    for name in names:
        cells = [_cell(judgement, f"{name}@{cutoff}") for cutoff in cutoffs]
        table.add_row(name.replace("_", " "), *cells, _MEANINGS[name])
    users = (
        f"{judgement.num_queries:,} users of the test split, "
        f"{judgement.num_items:,} items, {judgement.num_cold_items:,} of which nobody "
        "had seen before"
    )
    return [users, table]


def _cell(judgement: "Judgement", name: str) -> str:
    estimate = judgement.estimates[name]
    digits = 2 if name.startswith("novelty") else 4
    if estimate.interval is None:
        return f"{estimate.value:.{digits}f}"
    low, high = estimate.interval
    return f"{estimate.value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
