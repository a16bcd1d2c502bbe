"""Score the rows of a file with a run or an exported version."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from mtl_rec.evaluation.predicting import predict
from mtl_rec.export.scoring import Scorer, open_version
from mtl_rec.models import load_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.row_files import read_rows, write_rows
from mtl_rec.run.scored_rows import scored_chunks


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
