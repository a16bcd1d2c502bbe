"""Score the rows of a file with a served model."""

from collections.abc import Sequence
from pathlib import Path

from mtl_rec.config.features import (
    Categorical,
    Feature,
    IdSequence,
    Numeric,
    Vector,
)
from mtl_rec.config.served_names import ROWS
from mtl_rec.run.row_files import read_rows, write_rows
from mtl_rec.run.scored_rows import scored_chunks
from mtl_rec.serving.client import Client, RequestError
from mtl_rec.serving.client.signatures import Signature, TensorType


def predict_file_by_server(
    client: Client, rows: Path, output: Path | None, keep: Sequence[str] = ()
) -> None:
    """Scores a file chunk by chunk; the output is there whole or not at all.

    Args:
        client: Of the served model.
        rows: CSV, JSONL or Parquet, with the names of the features as columns; lists
            in a CSV are joined by "|".
        output: CSV, JSONL or Parquet; None writes JSONL to standard output.
        keep: Columns to copy beside the predictions.

    Raises:
        ArtifactError: A file can't be read, or its ending is unknown.
        SchemaError: Columns are missing or hold something else than the server takes.
        RequestError: A list is longer than the server takes.
        ServerError: The server refused the rows, or did not answer.
    """
    chunks = read_rows(rows)
    signature = client.metadata().signature(ROWS)
    features = served_features(signature)
    write_rows(
        scored_chunks(chunks, features, signature.outputs, client.predict, keep), output
    )


def served_features(signature: Signature) -> list[Feature]:
    """What rows must have for a signature, as far as its types tell.

    Raises:
        RequestError: An input is neither a number, nor text, nor a list.
    """
    return [_feature(name, kind) for name, kind in signature.inputs.items()]


def _feature(name: str, kind: TensorType) -> Feature:
    # Nothing that reads rows asks whose a feature is.
    match (kind.dtype, kind.shape):
        case ("float32", (None,)):
            return Numeric(kind="numeric", name=name, side="item", num_buckets=None)
        case ("float32", (None, int(dim))):
            return Vector(kind="vector", name=name, side="item", dim=dim)
        case ("string", (None,)):
            return Categorical(kind="categorical", name=name, side="item")
        case ("string", (None, int(length))):
            return IdSequence(
                kind="sequence", name=name, side="item", max_length=length
            )
    raise RequestError(
        f"Input '{name}' of the served model must be a number, a text or a list of "
        f"either. Received: {kind.dtype} {kind.shape}. Send it with your own client.",
        name,
    )
