"""Versions as complete as an export's, without its proof, which takes far longer."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from mtl_rec.config.export import Ranking
from mtl_rec.evaluation.predicting import predict
from mtl_rec.export.checksums import write_checksums
from mtl_rec.export.expectations import expected_proofs
from mtl_rec.export.manifest import ModelFacts, write_manifest
from mtl_rec.export.proofs import SignatureProof
from mtl_rec.export.servable import Servable
from mtl_rec.export.warm_up import warm_up_records, write_warm_up
from mtl_rec.preprocess import Preprocessor


def write_version(
    folder: Path,
    model,
    preprocessor: Preprocessor,
    rows: pa.Table,
    ranking: Ranking | None = None,
) -> Mapping[str, SignatureProof]:
    """Writes a version; returns what its signatures must answer.

    Args:
        folder: Of the version.
        model: A Keras model on TensorFlow.
        preprocessor: That encoded what the model was trained on.
        rows: Canonical rows to be asked about.
        ranking: How `rank` fuses the outputs.
    """
    schema = preprocessor.schema

    def predict_rows(table: pa.Table) -> dict[str, np.ndarray]:
        return predict(model, preprocessor.encode([table], with_labels=False))

    servable = Servable(preprocessor, model, ranking)
    proofs = expected_proofs(servable, schema, rows, predict_rows)
    servable.write(folder)
    requests = {name: proof.rows for name, proof in proofs.items()}
    write_warm_up(folder, warm_up_records(requests))
    tasks = list(schema.funnel.names)
    facts = ModelFacts("shop", tasks, json.loads(schema.to_json()))
    write_manifest(folder, facts, proofs)
    write_checksums(folder)
    return proofs
