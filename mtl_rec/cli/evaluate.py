"""`mtl-rec evaluate`: metrics of a finished run on one split of its data."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.options import RunPath
from mtl_rec.cli.output import (
    OutputFormat,
    Quiet,
    progress_console,
    require_folder,
    show,
)

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
    output_format: OutputFormat = "auto",
    quiet: Quiet = False,
) -> None:
    """Show a finished run's metrics on one split of its data."""
    require_folder(output)
    with frameworks():
        from mtl_rec.cli.display import metrics_table
        from mtl_rec.cli.stages import Stages
        from mtl_rec.evaluation.report import write_metrics
        from mtl_rec.run import RunFolder, evaluate_run

    stages = Stages(progress_console(output_format, quiet))
    metrics = evaluate_run(RunFolder.open(run), split, stages)
    show(metrics, output_format, metrics_table(metrics))
    if output is not None:
        write_metrics(output, metrics)
