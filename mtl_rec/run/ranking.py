"""Rank candidates with an exported version, without a server."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf

from mtl_rec.config.served_names import ORDER, RANK, SCORE
from mtl_rec.errors import ArtifactError
from mtl_rec.export.loading import load_saved_model
from mtl_rec.serving.client import Ranking
from mtl_rec.serving.client.columns import Rows, columns_of, single_row
from mtl_rec.serving.client.inputs import candidate_inputs
from mtl_rec.serving.client.ranking import ranking_of
from mtl_rec.serving.client.signatures import Signature, TensorType


def rank_by_version(
    version: Path,
    request: Mapping[str, Any],
    candidates: Rows,
    fill_missing: bool = False,
) -> Ranking:
    """Scores and orders the candidates of one request, as a server would.

    Args:
        version: An exported version.
        request: Values by feature that are the same for all candidates.
        candidates: Rows, one or more.
        fill_missing: Whether features that are not there are missing values.

    Raises:
        ArtifactError: The version is missing or damaged, or can't rank.
        RequestError: The values do not fit its features.
    """
    loaded = load_saved_model(version)
    if RANK not in loaded.signatures:
        raise ArtifactError(
            f"'{version}' can't rank: it has no signature '{RANK}', only "
            f"{sorted(loaded.signatures)}."
        )
    run = loaded.signatures[RANK]
    specs = run.structured_input_signature[1]
    types = {n: TensorType(s.dtype.name, tuple(s.shape)) for n, s in specs.items()}
    signature = Signature(RANK, types, {})
    rows = columns_of(candidates, "candidates")
    user = single_row(request, "request")
    inputs = candidate_inputs(signature, user, rows, fill_missing)
    tensors = {n: tf.constant(v, specs[n].dtype) for n, v in inputs.arrays.items()}
    outputs = {name: values.numpy() for name, values in run(**tensors).items()}
    names = sorted(outputs.keys() - {SCORE, ORDER})
    return ranking_of([outputs], names, rows.num_rows)
