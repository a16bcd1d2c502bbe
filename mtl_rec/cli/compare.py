"""`mtl-rec compare`: what runs differ in, and what came of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mtl_rec.cli.backend import keep_products_on_one_thread
from mtl_rec.cli.completion import complete_any_run
from mtl_rec.cli.output import OutputFormat, show
from mtl_rec.errors import ConfigError

if TYPE_CHECKING:
    from mtl_rec.evaluation.differences import Differences
    from mtl_rec.run.comparison import Comparison
    from mtl_rec.run.entry import RunEntry

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec compare quickstart/20260101-12 quickstart/20260101-17\n\n"
    "mtl-rec compare quickstart-popularity/2026 quickstart-two_tower/2026\n\n"
    "mtl-rec compare 20260101-12 20260101-17 --runs other/runs --format json"
)


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="Runs by their folders, or by the beginning of their names or times.",
            autocompletion=complete_any_run,
        ),
    ],
    directory: Annotated[
        Path, typer.Option("--runs", help="Folder in which runs are looked for.")
    ] = Path("runs"),
    output_format: OutputFormat = "auto",
) -> None:
    """Compare runs: settings that differ, data, learning curves, test metrics.

    All of `train`, or all of `retrieve`.
    """
    keep_products_on_one_thread()
    from mtl_rec.cli.comparison_tables import comparison_tables
    from mtl_rec.cli.found_runs import find_run
    from mtl_rec.run.comparison import compare_runs

    if len(runs) < 2:
        raise ConfigError(
            f"`mtl-rec compare` takes two runs or more. Received: {len(runs)}."
        )
    entries = [find_run(run, directory) for run in runs]
    paths = [entry.path.resolve() for entry in entries]
    if len(set(paths)) < len(paths):
        raise ConfigError(
            "`mtl-rec compare` takes different runs. Received twice: "
            f"'{next(p for p in paths if paths.count(p) > 1)}'."
        )
    differences = _differences(entries)
    comparison = compare_runs(entries)
    tables = comparison_tables(comparison, differences)
    show(_plain(comparison, differences), output_format, *tables)


def _differences(entries: "Sequence[RunEntry]") -> "list[Differences | None]":
    """How far runs are from the first, by user.

    Raises:
        ConfigError: Some rank and some retrieve.
    """
    from mtl_rec.retrieval.judged_users import list_differences_from_first
    from mtl_rec.retrieval.listing import RetrievalEntry
    from mtl_rec.run.paired import differences_from_first

    retrieving = [e.label for e in entries if isinstance(e, RetrievalEntry)]
    ranking = [e.label for e in entries if not isinstance(e, RetrievalEntry)]
    if not retrieving:
        return differences_from_first(entries)
    if not ranking:
        return list_differences_from_first(entries)
    raise ConfigError(
        "`mtl-rec compare` takes runs of `train`, or runs of `retrieve`: their metrics "
        f"are of other things. Received: {ranking} and {retrieving}."
    )


def _plain(
    comparison: "Comparison", differences: "Sequence[Differences | None]"
) -> dict[str, Any]:
    return {
        "runs": [run.path for run in comparison.runs],
        "states": [run.state for run in comparison.runs],
        "settings": comparison.settings,
        "same_data": comparison.data,
        "metrics": comparison.metrics,
        "differences_from_first": [
            own
            and {
                output: {name: d.about() for name, d in metrics.items()}
                for output, metrics in own.items()
            }
            for own in differences
        ],
        "history": [run.history for run in comparison.runs],
    }
