"""`mtl-rec publish`: an exported version to where a server finds it."""

from pathlib import Path
from typing import Annotated

import typer

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.output import output_console
from mtl_rec.cli.version_options import (
    DEFAULT_SETTLE_SECONDS,
    ModelDirectory,
    SettleSeconds,
)
from mtl_rec.errors import GateError

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec publish saved_models/quickstart/1 /srv/models/quickstart\n\n"
    "mtl-rec publish saved_models/quickstart/2 /srv/models/quickstart "
    "--data recent.parquet --label canary --keep 5"
)


def publish(
    version_directory: Annotated[
        Path, typer.Argument(help="An exported version, saved_models/<name>/<number>.")
    ],
    model_directory: ModelDirectory,
    data: Annotated[
        Path | None,
        typer.Option(
            help="CSV, JSONL or Parquet file of labelled rows, to compare with the "
            "version that is served now."
        ),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(help="stable, canary or another label for the new version."),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Keep so many of the newest versions, and those with a label; remove "
            "the others.",
        ),
    ] = None,
    max_auc_drop: Annotated[
        float | None,
        typer.Option(help="Highest loss of AUC of a task. Not given: as its config."),
    ] = None,
    max_calibration_error: Annotated[
        float | None,
        typer.Option(help="Highest distance of predicted / observed rate from 1."),
    ] = None,
    min_positives: Annotated[
        int | None,
        typer.Option(help="Events that a task needs in the data to be judged."),
    ] = None,
    max_recall_loss: Annotated[
        float | None,
        typer.Option(
            help="Highest loss of recall of a retrieval version, as a share of the "
            "served version's."
        ),
    ] = None,
    allow_schema_change: Annotated[
        bool,
        typer.Option(
            "--allow-schema-change",
            help="Publish though inputs or outputs differ from those served.",
        ),
    ] = False,
    settle_seconds: SettleSeconds = DEFAULT_SETTLE_SECONDS,
) -> None:
    """Publish a version: copied, verified, compared with the served one, renamed."""
    with frameworks():
        from mtl_rec.cli.display import rungs_table
        from mtl_rec.cli.stages import Stages
        from mtl_rec.cli.version_tables import gate_table, rollout_text
        from mtl_rec.run.row_files import read_rows
        from mtl_rec.serving.versions import publish_version

    console = output_console()
    try:
        with Stages(console)("copy, verify, compare and publish"):
            version = publish_version(
                version_directory,
                model_directory,
                rows=None if data is None else read_rows(data),
                label=label,
                keep=keep,
                thresholds={
                    "max_auc_drop": max_auc_drop,
                    "max_calibration_error": max_calibration_error,
                    "min_positives": min_positives,
                    "max_recall_loss": max_recall_loss,
                },
                allow_schema_change=allow_schema_change,
                settle_seconds=settle_seconds,
            )
    except GateError as error:
        console.print(gate_table(error.report))
        raise
    console.print(rungs_table(version.checked.rungs))
    console.print(gate_table(version.checked.gate))
    lines = [f"version  {version.path}", rollout_text(version.rollout)]
    if version.rollout.labels and version.number not in version.rollout.loaded:
        lines.append(
            "waiting  the version has no label yet: mtl-rec label "
            f"{model_directory} canary={version.number}"
        )
    if version.removed:
        lines.append(f"removed  {', '.join(map(str, version.removed))}")
    console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
