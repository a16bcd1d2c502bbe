"""One source of candidates: an exported retrieval model, opened in this process."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from mtl_rec.config.served_names import (
    EXCLUDED,
    EXCLUDING,
    ITEM_IDS,
    ROWS,
    SCORES,
)
from mtl_rec.retrieval.recommending.items import Items
from mtl_rec.retrieval.recommending.loaded import LoadedSignature, load_version
from mtl_rec.retrieval.recommending.merging import Retrieved
from mtl_rec.retrieval.recommending.rules import Rules
from mtl_rec.serving.client.signatures import TensorType

_ADVICE = " A retrieval version is what `mtl-rec retrieve` exports."


class Retriever:
    """Brings the items that a source thinks best for a user.

    Args:
        name: Of the source.
        version: Exported retrieval version.
        quota: Candidates that are to come from it.
        items: All that any source can bring.
        rules: Which of them may be shown.
        own: `(items,)`, which of them this one may bring.

    Raises:
        ArtifactError: The version is missing or damaged, or does not retrieve.
    """

    def __init__(
        self,
        name: str,
        version: Path,
        quota: int,
        items: Items,
        rules: Rules,
        own: np.ndarray,
    ) -> None:
        loaded = load_version(version)
        self.name, self.version = name, version
        self._quota, self._items, self._rules = quota, items, rules
        self._retrieve = LoadedSignature(loaded, ROWS, version, _ADVICE)
        self._retrieve_excluding = LoadedSignature(loaded, EXCLUDING, version, _ADVICE)
        is_ever = own & rules.may_be_shown(np.arange(len(items)))
        self._never, self._is_for_some = items.as_bytes[~is_ever], not own.all()

    @property
    def inputs(self) -> dict[str, TensorType]:
        """Features of the user that it reads."""
        return self._retrieve.inputs

    def retrieve(
        self, user: Mapping[str, np.ndarray], excluded: np.ndarray
    ) -> tuple[Retrieved, np.ndarray]:
        """What the source brings to one user.

        Most users are served with one question. Where too many of the answers break a
        requirement, it is asked again without any item that does. A source that may
        bring some items alone is asked for these.

        Args:
            user: Arrays of one row by feature.
            excluded: `(any,)` ids as bytes that must not come; unknown ones may.

        Returns:
            Items that may be shown, and `(any,)` those that a requirement left out.
        """
        others = np.concatenate([excluded, self._never])
        if self._is_for_some:
            return self._ask(user, others), np.empty(0, np.int64)
        found = self._ask(user, excluded)
        is_allowed = self._rules.may_be_shown(found.items)
        left_out = found.items[~is_allowed]
        if len(left_out) and np.count_nonzero(is_allowed) < self._quota:
            return self._ask(user, others), left_out
        allowed = replace(
            found, items=found.items[is_allowed], scores=found.scores[is_allowed]
        )
        return allowed, left_out

    def _ask(self, user: Mapping[str, np.ndarray], excluded: np.ndarray) -> Retrieved:
        if len(excluded):
            given = {**user, EXCLUDED: excluded[np.newaxis]}
            answer = self._retrieve_excluding(given)
        else:
            answer = self._retrieve(user)
        item_ids, scores = answer[ITEM_IDS][0], answer[SCORES][0]
        # Places that exclusion left over have the empty id.
        is_item = item_ids != b""
        positions = self._items.positions
        items = [positions[item_id] for item_id in item_ids[is_item].tolist()]
        return Retrieved(
            self.name, self._quota, np.array(items, np.int64), scores[is_item]
        )
