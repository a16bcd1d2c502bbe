"""Score the rows of a file with a run or an exported version."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import tensorflow as tf

from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.evaluation.predicting import predict
from mtl_rec.export.servable import SCHEMA_FILE, SIGNATURE
from mtl_rec.models import load_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.row_files import read_rows, write_rows
from mtl_rec.schema.rows import canonical
from mtl_rec.schema.schema import Schema


@dataclass(frozen=True)
class Scorer:
    """A model that scores raw rows.

    Attributes:
        schema: Says which columns the rows must have.
        score: Canonical rows to predictions by name of the output.
        keep_alive: What `score` needs but does not hold itself.
    """

    schema: Schema
    score: Callable[[pa.Table], dict[str, np.ndarray]]
    keep_alive: object = None


def open_scorer(path: Path) -> Scorer:
    """Opens an exported version or the folder of a finished run.

    Raises:
        ArtifactError: It is neither.
    """
    if not (path / "saved_model.pb").is_file():
        return _open_run(RunFolder.open(path))
    try:
        schema = Schema.from_json((path / SCHEMA_FILE).read_text(encoding="utf-8"))
        loaded = tf.saved_model.load(str(path))
        signature = loaded.signatures[SIGNATURE]
    except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
        raise ArtifactError(f"'{path}' can't be loaded: {error}") from error

    def score(rows: pa.Table) -> dict[str, np.ndarray]:
        raw = {
            name: tf.constant(
                values, signature.structured_input_signature[1][name].dtype
            )
            for name, values in raw_tensors(schema, rows).items()
        }
        outputs = signature(**raw)
        return {o.name: outputs[o.name].numpy() for o in schema.funnel.outputs()}

    # The signature's variables live as long as the object they were loaded with.
    return Scorer(schema, score, keep_alive=loaded)


def _open_run(folder: RunFolder) -> Scorer:
    preprocessor = Preprocessor.load(folder.preprocessor)
    model = load_model(folder.model_path)

    def score(rows: pa.Table) -> dict[str, np.ndarray]:
        return predict(model, preprocessor.encode([rows], with_labels=False))

    return Scorer(preprocessor.schema, score)


def predict_file(
    model: Path, rows: Path, output: Path | None, keep: Sequence[str] = ()
) -> None:
    """Scores a file chunk by chunk; the output is there whole or not at all.

    Args:
        model: An exported version, or the folder of a finished run.
        rows: CSV, JSONL or Parquet.
        output: CSV, JSONL or Parquet; None writes JSONL to standard output.
        keep: Columns to copy beside the predictions.

    Raises:
        ArtifactError: A file can't be read, or its ending is unknown.
        SchemaError: Columns are missing or hold something else than declared.
    """
    chunks = read_rows(rows)
    scorer = open_scorer(model)
    write_rows(_scored(scorer, chunks, keep), output)


def _scored(
    scorer: Scorer, chunks: Iterator[pa.Table], keep: Sequence[str]
) -> Iterator[pa.Table]:
    outputs = {output.name for output in scorer.schema.funnel.outputs()}
    if outputs & set(keep):
        raise SchemaError(
            "`--keep` must not name a prediction, which would overwrite the column. "
            f"Received: {sorted(outputs & set(keep))}."
        )
    for chunk in chunks:
        missing = [name for name in keep if name not in chunk.column_names]
        if missing:
            raise SchemaError(
                f"`--keep` must name columns of the rows. Received: {missing}. "
                f"Columns: {chunk.column_names}."
            )
        predictions = scorer.score(canonical(chunk, scorer.schema.features))
        kept = {name: chunk[name] for name in keep}
        yield pa.table({**kept, **{n: pa.array(v) for n, v in predictions.items()}})
