"""`mtl-rec compare`: what runs differ in, and what came of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mtl_rec.cli.backend import keep_products_on_one_thread
from mtl_rec.cli.completion import complete_run
from mtl_rec.cli.output import OutputFormat, show
from mtl_rec.errors import ConfigError

if TYPE_CHECKING:
    from mtl_rec.evaluation.differences import Differences
    from mtl_rec.run.comparison import Comparison

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec compare quickstart/20260101-12 quickstart/20260101-17\n\n"
    "mtl-rec compare 20260101-12 20260101-17 --runs other/runs --format json"
)


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="Runs by their folders, or by the beginning of their names or times.",
            autocompletion=complete_run,
        ),
    ],
    directory: Annotated[
        Path, typer.Option("--runs", help="Folder in which runs are looked for.")
    ] = Path("runs"),
    output_format: OutputFormat = "auto",
) -> None:
    """Compare runs: settings that differ, data, learning curves, test metrics."""
    keep_products_on_one_thread()
    from mtl_rec.cli.comparison_tables import comparison_tables
    from mtl_rec.run.comparison import compare_runs
    from mtl_rec.run.lookup import find_run
    from mtl_rec.run.paired import differences_from_first

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
    comparison = compare_runs(entries)
    differences = differences_from_first(entries)
    tables = comparison_tables(comparison, differences)
    show(_plain(comparison, differences), output_format, *tables)


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
