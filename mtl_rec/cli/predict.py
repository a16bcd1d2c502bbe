"""`mtl-rec predict`: rows of a file to probabilities."""

from pathlib import Path
from typing import Annotated

import typer

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.output import require_folder

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec predict saved_models/quickstart/1 rows.jsonl\n\n"
    "mtl-rec predict runs/quickstart/20260101-120000 rows.parquet "
    "--output scores.csv --keep user_id --keep item_id"
)


def predict(
    model: Annotated[
        Path,
        typer.Argument(help="An exported version, or the folder of a finished run."),
    ],
    rows: Annotated[Path, typer.Argument(help="CSV, JSONL or Parquet file.")],
    output: Annotated[
        Path | None,
        typer.Option(help="CSV, JSONL or Parquet file; JSONL to the terminal if not."),
    ] = None,
    keep: Annotated[
        list[str],
        typer.Option(help="Column of the rows to copy beside the predictions."),
    ] = [],  # noqa: B006 - typer copies it
) -> None:
    """Score the rows of a file; the result has the same order."""
    require_folder(output)
    with frameworks():
        from mtl_rec.run.predicting import predict_file

    predict_file(model, rows, output, keep)
