"""What an exported retrieval version says of items and users, as vectors."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import tensorflow as tf

from mtl_rec.config.feature_section import Side
from mtl_rec.config.features import Feature
from mtl_rec.config.served_names import (
    ITEM_VECTORS,
    USER_VECTORS,
    VECTOR,
)
from mtl_rec.errors import ArtifactError
from mtl_rec.export.loading import load_saved_model, read_schema
from mtl_rec.preprocess.arrays import raw_tensors

_ROWS = 8192
"""That are encoded at a time."""


class VersionVectors:
    """Raw features of items or users to the vectors whose dot product is a score.

    An item that came after the training has one too: by its features, its id unknown.

    Args:
        version: Exported retrieval version.
        loaded: The same, where it is loaded already.

    Raises:
        ArtifactError: A file of it is missing or damaged, or its scores are no dot
            products.
    """

    def __init__(self, version: Path, loaded: Any = None) -> None:
        self._schema = read_schema(version)
        self._loaded = load_saved_model(version) if loaded is None else loaded
        missing = {ITEM_VECTORS, USER_VECTORS} - set(self._loaded.signatures)
        if missing:
            raise ArtifactError(
                f"'{version}' has no vectors: it lacks the signatures "
                f"{sorted(missing)}. An index needs a version whose kind is "
                "two_tower, matrix_factorization or content."
            )

    def features(self, side: Side) -> tuple[Feature, ...]:
        """Those of a side that the version reads."""
        return tuple(f for f in self._schema.features if f.side == side)

    def of_items(self, rows: pa.Table) -> np.ndarray:
        """`(rows, dim)` float32, from canonical rows of the items' features."""
        return self._vectors(ITEM_VECTORS, "item", rows)

    def of_users(self, rows: pa.Table) -> np.ndarray:
        """`(rows, dim)` float32, from canonical rows of the users' features."""
        return self._vectors(USER_VECTORS, "user", rows)

    def _vectors(self, signature: str, side: Side, rows: pa.Table) -> np.ndarray:
        schema = replace(self._schema, features=self.features(side))
        run = self._loaded.signatures[signature]
        specs = run.structured_input_signature[1]
        dim = run.structured_outputs[VECTOR].shape[1]
        vectors = np.empty((rows.num_rows, dim), np.float32)
        for start in range(0, rows.num_rows, _ROWS):
            raw = raw_tensors(schema, rows.slice(start, _ROWS))
            tensors = {n: tf.constant(raw[n], spec.dtype) for n, spec in specs.items()}
            vectors[start : start + _ROWS] = run(**tensors)[VECTOR].numpy()
        return vectors
