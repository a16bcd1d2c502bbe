"""Export of a retrieval model: written aside, proved on real rows, published."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from mtl_rec.config.run import RunConfig
from mtl_rec.config.served_names import RETRIEVAL
from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.export.checksums import write_checksums
from mtl_rec.export.exporting import ExportedVersion
from mtl_rec.export.manifest import ModelFacts, write_manifest
from mtl_rec.export.publishing import publish
from mtl_rec.export.verification import verify_signatures
from mtl_rec.export.warm_up import warm_up_records, write_warm_up
from mtl_rec.retrieval.catalogue import Catalogue
from mtl_rec.retrieval.catalogue_file import write_catalogue
from mtl_rec.retrieval.model import RetrievalModel
from mtl_rec.retrieval.proofs import retrieval_proofs
from mtl_rec.retrieval.servable import RetrievalServable
from mtl_rec.schema.rows import canonical


def export_retrieval(
    model: RetrievalModel,
    rows: pa.Table | pd.DataFrame,
    directory: str | os.PathLike[str],
    *,
    top_k: int,
    config: RunConfig | None = None,
    data: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
) -> ExportedVersion:
    """Publishes raw features of users to their best items as the next version.

    By the same ladder as a ranker: written under a hidden name, run by processes that
    have neither Keras nor this package, compared with the model's own scores searched
    by NumPy, and renamed only if all agree.

    Args:
        model: Trained.
        rows: Real rows to prove it on and to warm a server up with, two or more, with
            the data's own or the features' names.
        directory: Holds the versions of this model; its name is the model's.
        top_k: Items in an answer; all of the catalogue, if it has fewer.
        config: Of the run that trained it, for the manifest.
        data: Rows and fingerprint of each split, for the manifest.
        metrics: Of the test split, for the manifest: by name, such as `recall@100`,
            its `value` and what else is known of it. The gate compares recalls.

    Raises:
        ArtifactError: The catalogue can't be served, or `top_k` is less than 1.
        SchemaError: No feature is the user's.
        VerificationError: A rung failed; nothing was published.
    """
    schema = model.preprocessor.schema
    if not any(feature.side == "user" for feature in schema.features):
        raise SchemaError(
            "A retrieval version is asked with features of a user. Received: features "
            f"of other sides alone, {[f.name for f in schema.features]}. Declare one "
            "with `side: user`."
        )
    if top_k < 1:
        raise ArtifactError(f"`top_k` must be 1 or more. Received: {top_k}.")
    _require_servable(model.catalogue)
    table = canonical(rows, schema.features)
    servable = RetrievalServable(model, top_k)
    proofs = retrieval_proofs(servable, model, table)
    facts = ModelFacts(
        name=Path(directory).resolve().name,
        tasks=schema.funnel.names,
        schema=json.loads(schema.to_json()),
        config=config.model_dump(mode="json") if config else None,
        data=data,
        metrics=metrics,
    )
    more = {"kind": RETRIEVAL, RETRIEVAL: _facts(model, servable)}

    def write(folder: Path) -> None:
        servable.write(folder)
        write_catalogue(folder, model.catalogue)
        requests = {name: proof.rows for name, proof in proofs.items()}
        write_warm_up(folder, warm_up_records(requests))
        write_manifest(folder, facts, proofs, more)
        write_checksums(folder)

    path, rungs = publish(
        write, lambda folder: verify_signatures(folder, proofs), Path(directory)
    )
    return ExportedVersion(path, rungs)


def _facts(model: RetrievalModel, servable: RetrievalServable) -> dict[str, Any]:
    return {
        "items": len(model.catalogue),
        "top_k": servable.width,
        "has_vectors": model.encode_items is not None,
    }


def _require_servable(catalogue: Catalogue) -> None:
    """Refuses ids that a server could not answer, or not exclude."""
    ids = catalogue.item_ids
    if len(ids) != catalogue.rows.num_rows or not len(ids):
        raise ArtifactError(
            "A catalogue must have a row for each of its items, one or more. Received: "
            f"{len(ids):,} ids and {catalogue.rows.num_rows:,} rows."
        )
    if not all(isinstance(own, str) and own for own in ids):
        wrong = next(own for own in ids if not (isinstance(own, str) and own))
        raise ArtifactError(
            f'An item id must be text, and not "". Received: {wrong!r}.'
        )
    distinct, counts = np.unique(ids.astype(object), return_counts=True)
    if (counts > 1).any():
        raise ArtifactError(
            "An item must be in the catalogue once. Received several times: "
            f"{distinct[counts > 1][:5].tolist()}."
        )
