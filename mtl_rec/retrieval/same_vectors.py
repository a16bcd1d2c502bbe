"""That an index and a version speak of the same vectors: scores mean nothing else."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from mtl_rec.errors import ArtifactError
from mtl_rec.retrieval.catalogue_file import read_catalogue
from mtl_rec.retrieval.indexes import VectorIndex
from mtl_rec.retrieval.version_vectors import VersionVectors

_COMPARED = 200
_LEAST_ALIKE = 0.5
"""Items may have changed since the index was built; models that were trained apart
agree on none."""
_TOLERANCE = 1e-3


def require_same_vectors(
    index: VectorIndex, folder: Path, version: Path, vectors: VersionVectors
) -> None:
    """Refuses an index whose vectors another model made.

    Items that both have are compared by vector, so that the next version of the same
    towers, such as `mtl-rec update-items` exports, goes on with an index.

    Args:
        index: That is to be searched or changed.
        folder: Where it is, for errors.
        version: Exported retrieval version.
        vectors: What it makes of items.

    Raises:
        ArtifactError: They are not of one model, or have no item in common.
    """
    catalogue = read_catalogue(version)
    both = np.flatnonzero([item_id in index for item_id in catalogue.item_ids])
    spread = np.linspace(0, len(both) - 1, min(len(both), _COMPARED)).astype(int)
    own = both[spread] if len(both) else both
    expected = vectors.of_items(catalogue.rows.take(pa.array(own)))
    rows = index.stored.rows_of(catalogue.item_ids[own].tolist())
    if len(own) and expected.shape[1] == index.stored.dim:
        far = np.linalg.norm(index.stored.vectors[rows] - expected, axis=1)
        alike = far <= _TOLERANCE * np.linalg.norm(expected, axis=1)
        if alike.mean() >= _LEAST_ALIKE:
            return
    raise ArtifactError(
        f"The index '{folder}' must hold vectors of '{version}'. Received: "
        f"{len(index):,} items of width {index.stored.dim}, {len(both):,} of them the "
        "version's, which it makes other vectors of. Build an index of this version: "
        f"`mtl-rec index {version} NEW_FOLDER`."
    )
