"""`mtl-rec predict`: rows of a file to probabilities."""

from pathlib import Path
from typing import Annotated

import typer

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.output import require_folder
from mtl_rec.cli.server_options import (
    Label,
    TimeoutSeconds,
    Url,
    Version,
    open_client,
    require_url,
)

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec predict saved_models/quickstart/1 rows.jsonl\n\n"
    "mtl-rec predict runs/quickstart/20260101-120000 rows.parquet "
    "--output scores.csv --keep user_id --keep item_id\n\n"
    "mtl-rec predict quickstart rows.jsonl --url grpc://localhost:8500"
)


def predict(
    model: Annotated[
        str,
        typer.Argument(
            help="An exported version, the folder of a finished run, or, with --url, "
            "the name of a served model."
        ),
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
    url: Url = None,
    version: Version = None,
    label: Label = None,
    timeout_seconds: TimeoutSeconds = 60.0,
) -> None:
    """Score the rows of a file; the result has the same order.

    A server knows features by their names alone: columns that the config names with
    `column` must be renamed, and lists may not be longer than what the model reads.
    """
    require_folder(output)
    require_url(url, version, label)
    if url is None:
        with frameworks():
            from mtl_rec.run.predicting import predict_file

        predict_file(Path(model), rows, output, keep)
        return
    from mtl_rec.run.served_predicting import predict_file_by_server

    with open_client(url, model, version, label, timeout_seconds) as client:
        predict_file_by_server(client, rows, output, keep)
