"""`mtl-rec evaluate`: metrics of a finished run on one split of its data."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.options import RunPath
from mtl_rec.cli.output import output_console, require_folder

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec evaluate runs/quickstart/20260101-120000\n\n"
    "mtl-rec evaluate runs/quickstart/20260101-120000 --split validation "
    "--output metrics.json"
)


def evaluate(
    run: RunPath,
    split: Annotated[
        Literal["train", "validation", "test"], typer.Option(help="Rows to score.")
    ] = "test",
    output: Annotated[
        Path | None, typer.Option(help="JSON file for the metrics.")
    ] = None,
) -> None:
    """Show a finished run's metrics on one split of its data."""
    require_folder(output)
    with frameworks():
        from mtl_rec.cli.display import metrics_table
        from mtl_rec.cli.stages import Stages
        from mtl_rec.evaluation.report import write_metrics
        from mtl_rec.run import RunFolder, evaluate_run

    console = output_console()
    metrics = evaluate_run(RunFolder.open(run), split, Stages(console))
    console.print(metrics_table(metrics))
    if output is not None:
        write_metrics(output, metrics)
