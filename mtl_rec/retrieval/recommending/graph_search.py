"""The best items as an exported version answers, which compares all of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mtl_rec.config.served_names import (
    EXCLUDED,
    EXCLUDING,
    ITEM_IDS,
    ROWS,
    SCORES,
)
from mtl_rec.retrieval.recommending.loaded_signature import LoadedSignature
from mtl_rec.retrieval.recommending.searching import Answer
from mtl_rec.serving.client.signatures import TensorType

_ADVICE = " A retrieval version is what `mtl-rec retrieve` exports."


class GraphSearch:
    """Asks the signatures of a version.

    Args:
        loaded: The version.
        version: Its folder, for errors.
        never: Ids as bytes that the source may not bring.

    Raises:
        ArtifactError: The version does not retrieve.
    """

    def __init__(self, loaded: Any, version: Path, never: np.ndarray) -> None:
        self._retrieve = LoadedSignature(loaded, ROWS, version, _ADVICE)
        self._retrieve_excluding = LoadedSignature(loaded, EXCLUDING, version, _ADVICE)
        self._never = never

    @property
    def inputs(self) -> dict[str, TensorType]:
        """Features of the user that it reads."""
        return self._retrieve.inputs

    def every(self, user: Mapping[str, np.ndarray], excluded: np.ndarray) -> Answer:
        """The best of all items."""
        if len(excluded):
            given = {**user, EXCLUDED: excluded[np.newaxis]}
            answer = self._retrieve_excluding(given)
        else:
            answer = self._retrieve(user)
        return answer[ITEM_IDS][0], answer[SCORES][0]

    def allowed(self, user: Mapping[str, np.ndarray], excluded: np.ndarray) -> Answer:
        """The best of those that the source may bring."""
        return self.every(user, np.concatenate([excluded, self._never]))
