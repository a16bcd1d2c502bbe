"""The best items as an index of a version's items finds them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mtl_rec.config.served_names import ITEM_IDS, ROWS, USER_VECTORS, VECTOR
from mtl_rec.errors import ArtifactError
from mtl_rec.retrieval.indexes import VectorIndex
from mtl_rec.retrieval.recommending.items import Items
from mtl_rec.retrieval.recommending.loaded_signature import LoadedSignature
from mtl_rec.retrieval.recommending.searching import Answer
from mtl_rec.retrieval.same_vectors import require_same_vectors
from mtl_rec.retrieval.version_vectors import VersionVectors
from mtl_rec.serving.client.signatures import TensorType

_FEW = 10
"""An index is about so many times as fast as comparing all items: where fewer than one
in so many may come, these are compared."""


class IndexSearch:
    """Turns a user into a vector, and searches an index with it.

    Items that a source may not bring are taken out of a copy of the index once: with
    each question, so many exclusions would make it compare all.

    Args:
        loaded: The version.
        version: Its folder.
        folder: Of the index.
        items: All that any source can bring.
        never: Ids as bytes that this source may not bring.

    Raises:
        ArtifactError: The version has no vectors; or the index is missing or damaged,
            of other vectors, or has items that nothing is known of.
    """

    def __init__(
        self,
        loaded: Any,
        version: Path,
        folder: Path,
        items: Items,
        never: np.ndarray,
    ) -> None:
        index = VectorIndex.load(folder)
        require_same_vectors(index, folder, version, VersionVectors(version, loaded))
        _require_known(index, folder, items)
        self._encode = LoadedSignature(loaded, USER_VECTORS, version)
        outputs = loaded.signatures[ROWS].structured_outputs
        self._width: int = outputs[ITEM_IDS].shape[1]
        self._index = self._allowed = index
        own = [item_id for item_id in _as_text(never) if item_id in index]
        if own:
            self._allowed = _without(index, folder, own)

    @property
    def inputs(self) -> dict[str, TensorType]:
        """Features of the user that it reads."""
        return self._encode.inputs

    def every(self, user: Mapping[str, np.ndarray], excluded: np.ndarray) -> Answer:
        """The best of all items, as many as the version answers."""
        return self._searched(self._index, user, excluded)

    def allowed(self, user: Mapping[str, np.ndarray], excluded: np.ndarray) -> Answer:
        """The best of those that the source may bring."""
        return self._searched(self._allowed, user, excluded)

    def _searched(
        self, index: VectorIndex, user: Mapping[str, np.ndarray], excluded: np.ndarray
    ) -> Answer:
        vector = self._encode(user)[VECTOR]
        found = index.search(vector, self._width, [_as_text(excluded)])
        item_ids = np.empty(self._width, object)
        item_ids[:] = [item_id.encode() for item_id in found.item_ids[0]]
        return item_ids, found.scores[0]


def _without(index: VectorIndex, folder: Path, never: list[str]) -> VectorIndex:
    if 0 < len(index) - len(never) < len(index) / _FEW:
        return index.exact(without=never)
    own = VectorIndex.load(folder)
    own.remove(never)
    return own


def _require_known(index: VectorIndex, folder: Path, items: Items) -> None:
    stored = index.stored
    known = set(items.item_ids.tolist())
    unknown = [own for own in stored.ids[stored.alive].tolist() if own not in known]
    if unknown:
        raise ArtifactError(
            f"Items of the index '{folder}' must be in the catalogue of a source, "
            "which says what rankers and rules read of them. Received "
            f"{len(unknown):,} that are in none: {unknown[:5]}. Let the version know "
            "them by `mtl-rec update-items`, or take them out of the index by "
            "`mtl-rec index VERSION FOLDER --remove FILE`."
        )


def _as_text(item_ids: np.ndarray) -> list[str]:
    return [item_id.decode() for item_id in item_ids.tolist()]
