"""One source of candidates: an exported retrieval model, opened in this process."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from mtl_rec.export.loading import load_saved_model
from mtl_rec.retrieval.recommending.graph_search import GraphSearch
from mtl_rec.retrieval.recommending.index_search import IndexSearch
from mtl_rec.retrieval.recommending.items import Items
from mtl_rec.retrieval.recommending.merging import Retrieved
from mtl_rec.retrieval.recommending.rules import Rules
from mtl_rec.retrieval.recommending.searching import Answer, Search
from mtl_rec.serving.client.signatures import TensorType


class Retriever:
    """Brings the items that a source thinks best for a user.

    Args:
        name: Of the source.
        version: Exported retrieval version.
        index: Folder of an index that is searched for it; None where it compares all
            items itself.
        quota: Candidates that are to come from it.
        items: All that any source can bring.
        rules: Which of them may be shown.
        own: `(items,)`, which of them this one may bring.

    Raises:
        ArtifactError: The version or the index is missing or damaged, the version does
            not retrieve, or the index does not fit it.
    """

    def __init__(
        self,
        name: str,
        version: Path,
        index: Path | None,
        quota: int,
        items: Items,
        rules: Rules,
        own: np.ndarray,
    ) -> None:
        loaded = load_saved_model(version)
        self.name, self.version = name, version
        self._quota, self._items, self._rules = quota, items, rules
        is_ever = own & rules.may_be_shown(np.arange(len(items)))
        never, self._is_for_some = items.as_bytes[~is_ever], not own.all()
        self._search: Search = GraphSearch(loaded, version, never)
        if index is not None:
            self._search = IndexSearch(loaded, version, index, items, never)

    @property
    def inputs(self) -> dict[str, TensorType]:
        """Features of the user that it reads."""
        return self._search.inputs

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
        if self._is_for_some:
            found = self._retrieved(self._search.allowed(user, excluded))
            return found, np.empty(0, np.int64)
        found = self._retrieved(self._search.every(user, excluded))
        is_allowed = self._rules.may_be_shown(found.items)
        left_out = found.items[~is_allowed]
        if len(left_out) and np.count_nonzero(is_allowed) < self._quota:
            return self._retrieved(self._search.allowed(user, excluded)), left_out
        allowed = replace(
            found, items=found.items[is_allowed], scores=found.scores[is_allowed]
        )
        return allowed, left_out

    def _retrieved(self, answer: Answer) -> Retrieved:
        item_ids, scores = answer
        # Places that exclusion left over have the empty id.
        is_item = item_ids != b""
        positions = self._items.positions
        items = [positions[item_id] for item_id in item_ids[is_item].tolist()]
        return Retrieved(
            self.name, self._quota, np.array(items, np.int64), scores[is_item]
        )
