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
    slices: Annotated[
        bool,
        typer.Option(
            "--slices",
            help="Show slices too: users and items by what was trained on, and the "
            "features of `evaluation.slices`.",
        ),
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html",
            help="Write a page with plots of slices and calibration; needs "
            "'mtl-rec[report]'.",
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Show a finished run's metrics on one split of its data, with 95 % intervals."""
    require_folder(output)
    require_folder(report, "--report")
    with frameworks():
        from mtl_rec.cli.evaluation_tables import evaluation_tables, slice_tables
        from mtl_rec.cli.stages import Stages
        from mtl_rec.data.report.drawing import require_plots
        from mtl_rec.evaluation.page import write_page
        from mtl_rec.evaluation.report import write_metrics
        from mtl_rec.run import RunFolder, evaluate_run

    if report is not None:
        require_plots()
    stages = Stages(progress_console(output_format, quiet))
    evaluation = evaluate_run(RunFolder.open(run), split, stages)
    if output is not None:
        write_metrics(output, evaluation.metrics)
    if report is not None:
        write_page(report, evaluation, title=f"{run}, {split} split")
    tables = evaluation_tables(evaluation)
    if slices:
        tables += slice_tables(evaluation)
    document = {"metrics": evaluation.metrics, **evaluation.about()}
    show(document, output_format, *tables)
