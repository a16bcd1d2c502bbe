"""Export: write aside, prove on real rows, publish with one rename."""

import os
from dataclasses import dataclass
from pathlib import Path

import keras
import pandas as pd
import pyarrow as pa

from mtl_rec.errors import ArtifactError
from mtl_rec.evaluation.predicting import predict
from mtl_rec.export.publishing import publish
from mtl_rec.export.servable import Servable
from mtl_rec.export.verification import RungResult, verify
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.preprocess.preprocessor import Preprocessor
from mtl_rec.schema.rows import canonical


@dataclass(frozen=True)
class ExportedVersion:
    """A version that TensorFlow Serving can load.

    Attributes:
        path: `<directory>/<version>`.
        rungs: What was proved of it, in order.
    """

    path: Path
    rungs: list[RungResult]


def export_model(
    model: keras.Model,
    preprocessor: Preprocessor,
    rows: pa.Table | pd.DataFrame,
    directory: str | os.PathLike[str],
) -> ExportedVersion:
    """Publishes raw features to named probabilities as the next version.

    The version is written under a hidden name, loaded and run by processes that have
    neither Keras nor this package, compared with offline predictions on `rows`, and
    renamed only if all agree.

    Args:
        model: From `build_model` or `make_trainable`, trained.
        preprocessor: That encoded what it was trained on.
        rows: Real rows to prove it on, with the data's own or the features' names.
        directory: Holds the versions of this model.

    Raises:
        ArtifactError: Keras does not run on TensorFlow.
        VerificationError: A rung failed; nothing was published.
    """
    if keras.backend.backend() != "tensorflow":
        raise ArtifactError(
            "Models are exported with Keras on TensorFlow: another backend's graph "
            "fails at a stock server's first request. Received: KERAS_BACKEND="
            f"{keras.backend.backend()}. Save the model, and export it in a process "
            "with KERAS_BACKEND=tensorflow."
        )
    table = canonical(rows, preprocessor.schema.features)
    raw = raw_tensors(preprocessor.schema, table)
    expected = predict(model, preprocessor.encode([table], with_labels=False))
    servable = Servable(preprocessor, model)
    path, rungs = publish(
        servable.write,
        lambda folder: verify(folder, servable.specs, raw, expected),
        Path(directory),
    )
    return ExportedVersion(path, rungs)
