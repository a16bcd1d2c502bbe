"""Score the rows of a file with a run or an exported version."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from mtl_rec.config.features import Feature
from mtl_rec.errors import SchemaError
from mtl_rec.evaluation.predicting import predict
from mtl_rec.export.scoring import Scorer, open_version
from mtl_rec.models import load_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.row_files import read_rows, write_rows
from mtl_rec.schema.rows import canonical


def open_scorer(path: Path) -> Scorer:
    """Opens an exported version or the folder of a finished run.

    Raises:
        ArtifactError: It is neither.
    """
    if (path / "saved_model.pb").is_file():
        return open_version(path)
    return _open_run(RunFolder.open(path))


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
    features, funnel = scorer.schema.features, scorer.schema.funnel
    outputs = [output.name for output in funnel.outputs()]
    write_rows(scored_chunks(chunks, features, outputs, scorer.score, keep), output)


def scored_chunks(
    chunks: Iterator[pa.Table],
    features: Sequence[Feature],
    outputs: Collection[str],
    score: Callable[[pa.Table], Mapping[str, np.ndarray]],
    keep: Sequence[str],
) -> Iterator[pa.Table]:
    """Predictions of every chunk, beside the columns that are kept.

    Args:
        chunks: Rows with the data's own names of columns.
        features: What the rows must have.
        outputs: Names of the predictions.
        score: Canonical rows to predictions by name.
        keep: Columns to copy.

    Raises:
        SchemaError: Columns are missing or hold something else than declared, or one
            to keep has the name of a prediction.
    """
    overwritten = sorted(set(outputs) & set(keep))
    if overwritten:
        raise SchemaError(
            "`--keep` must not name a prediction, which would overwrite the column. "
            f"Received: {overwritten}."
        )
    for chunk in chunks:
        missing = [name for name in keep if name not in chunk.column_names]
        if missing:
            raise SchemaError(
                f"`--keep` must name columns of the rows. Received: {missing}. "
                f"Columns: {chunk.column_names}."
            )
        predictions = score(canonical(chunk, features))
        kept = {name: chunk[name] for name in keep}
        yield pa.table({**kept, **{n: pa.array(v) for n, v in predictions.items()}})
