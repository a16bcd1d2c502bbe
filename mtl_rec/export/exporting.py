"""Export: write aside, prove on real rows, publish with one rename."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pyarrow as pa

from mtl_rec.config.export import Ranking
from mtl_rec.config.run import RunConfig
from mtl_rec.errors import ArtifactError
from mtl_rec.evaluation.predicting import predict
from mtl_rec.export.checksums import write_checksums
from mtl_rec.export.climbing import RungResult
from mtl_rec.export.expectations import expected_proofs
from mtl_rec.export.hidden_vectors import with_hidden_vectors
from mtl_rec.export.manifest import ModelFacts, write_manifest
from mtl_rec.export.publishing import publish
from mtl_rec.export.servable import Servable
from mtl_rec.export.verification import verify_signatures
from mtl_rec.export.warm_up import warm_up_records, write_warm_up
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
    *,
    ranking: Ranking | None = None,
    config: RunConfig | None = None,
    data: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
) -> ExportedVersion:
    """Publishes raw features to named probabilities as the next version.

    The version is written under a hidden name with warm-up requests, a manifest and
    the checksums of all files, loaded and run by processes that have neither Keras nor
    this package, compared with offline predictions on `rows`, and renamed only if all
    agree.

    Args:
        model: From `build_model` or `make_trainable`, trained.
        preprocessor: That encoded what it was trained on.
        rows: Real rows to prove it on and to warm a server up with, two or more, with
            the data's own or the features' names.
        directory: Holds the versions of this model; its name is the model's.
        ranking: How the signature `rank` fuses the outputs; as `config` says, if not
            given.
        config: Of the run that trained it, for the manifest.
        data: Rows and fingerprint of each split, for the manifest.
        metrics: Of the test split, for the manifest.

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
    schema = preprocessor.schema
    table = with_hidden_vectors(canonical(rows, schema.features), schema)

    def predict_rows(canonical_rows: pa.Table) -> dict[str, np.ndarray]:
        return predict(model, preprocessor.encode([canonical_rows], with_labels=False))

    if ranking is None and config is not None:
        ranking = config.export.ranking
    servable = Servable(preprocessor, model, ranking)
    proofs = expected_proofs(servable, schema, table, predict_rows)
    facts = ModelFacts(
        name=Path(directory).resolve().name,
        tasks=schema.funnel.names,
        schema=json.loads(schema.to_json()),
        config=config.model_dump(mode="json") if config else None,
        data=data,
        metrics=metrics,
    )

    def write(folder: Path) -> None:
        servable.write(folder)
        requests = {name: proof.rows for name, proof in proofs.items()}
        write_warm_up(folder, warm_up_records(requests))
        write_manifest(folder, facts, proofs)
        write_checksums(folder)

    path, rungs = publish(
        write, lambda folder: verify_signatures(folder, proofs), Path(directory)
    )
    return ExportedVersion(path, rungs)
