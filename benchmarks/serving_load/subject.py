"""A trained model on the disk: what is exported, and what it must answer."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    import keras

    from mtl_rec.preprocess import Preprocessor

SCRIPTS = Path(__file__).parent


@dataclass(frozen=True)
class Subject:
    """A folder with a model, its preprocessor and rows to ask about.

    Attributes:
        folder: Where they are.
    """

    folder: Path

    @property
    def model_path(self) -> Path:
        return self.folder / "model.keras"

    @property
    def preprocessor_path(self) -> Path:
        return self.folder / "preprocessor"

    @property
    def rows_path(self) -> Path:
        return self.folder / "rows.parquet"

    @property
    def predictions_path(self) -> Path:
        """What the process that trained the model predicted of the rows."""
        return self.folder / "predictions.npz"

    @property
    def rows(self) -> pa.Table:
        """Canonical rows."""
        return pq.read_table(self.rows_path)

    def save(
        self, model: "keras.Model", preprocessor: "Preprocessor", rows: pa.Table
    ) -> None:
        """Writes all three to the folder, which is empty."""
        model.save(self.model_path)
        preprocessor.save(self.preprocessor_path)
        pq.write_table(rows, self.rows_path)

    def exact_predictions(self, batch_size: int) -> dict[str, np.ndarray]:
        """What Keras predicts of the rows where nothing changes a bit.

        That is without oneDNN, XLA, rewriting of the graph, and threads inside an
        operation, so it is in a process of its own.

        Args:
            batch_size: Rows at a time.
        """
        with TemporaryDirectory() as folder:
            path = Path(folder, "predictions.npz")
            paths = [self.model_path, self.preprocessor_path, self.rows_path]
            _run(
                "exact_predictions.py",
                *(*paths, batch_size, path),
                environment={
                    "KERAS_BACKEND": "tensorflow",
                    "TF_ENABLE_ONEDNN_OPTS": "0",
                },
            )
            return read_predictions(path)


def train_subject(
    folder: Path, *, backend: str, exposures: int, rows: int, epochs: int = 1
) -> Subject:
    """Trains the quickstart's model, in a process of its own.

    Args:
        folder: Empty; gets the subject, and its predictions.
        backend: Of Keras.
        exposures: Simulated, to train on.
        rows: To ask about, most of them with values that no training row has.
        epochs: Over the exposures.
    """
    _run(
        "train_subject.py",
        *(folder, exposures, rows, epochs),
        environment={"KERAS_BACKEND": backend},
    )
    return Subject(folder)


def read_predictions(path: Path) -> dict[str, np.ndarray]:
    """By output, `(rows,)`."""
    with np.load(path) as stored:
        return dict(stored)


def _run(script: str, *arguments: object, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / script), *map(str, arguments)],
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{script} failed:\n{done.stderr[-3000:]}")
