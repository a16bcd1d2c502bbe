"""Retrieve, merge, rank, apply rules: a list for one user."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from mtl_rec.retrieval.recommending.items import Items
from mtl_rec.retrieval.recommending.merging import Candidates, Retrieved, merge
from mtl_rec.retrieval.recommending.ranker import Ranker
from mtl_rec.retrieval.recommending.recommended import (
    RecommendedItem,
    RecommendedList,
    RemovedItem,
)
from mtl_rec.retrieval.recommending.requests import joint_inputs, request_arrays
from mtl_rec.retrieval.recommending.retriever import Retriever
from mtl_rec.retrieval.recommending.rules import Rules, select
from mtl_rec.serving.client import Ranking

LeftOut = dict[int, tuple[str, ...]]
"""By item that breaks a requirement, the sources that brought it."""


class Recommender:
    """Makes lists with models that are opened once.

    Args:
        items: All that any source can bring.
        retrievers: The sources.
        ranker: Orders what they bring.
        rules: What a list must keep to.
        list_length: Items of a list.

    Attributes:
        inputs: Features that a request must have, of the user and of the moment.
    """

    def __init__(
        self,
        items: Items,
        retrievers: Sequence[Retriever],
        ranker: Ranker,
        rules: Rules,
        list_length: int,
    ) -> None:
        opened = [*retrievers, ranker]
        self.inputs = joint_inputs((own.version, own.inputs) for own in opened)
        self.items, self.ranker = items, ranker
        self.retrievers, self._rules = retrievers, rules
        self._list_length = list_length

    def known(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What models read of all that is known of a user and a moment."""
        return {n: value for n, value in request.items() if n in self.inputs}

    def recommend(
        self,
        request: Mapping[str, Any],
        excluded_items: Iterable[str] = (),
        fill_missing: bool = False,
    ) -> RecommendedList:
        """The list for one user at one moment.

        Args:
            request: Values by feature of the user and of the moment, named as in the
                config.
            excluded_items: Ids that must not be in it, such as of items already
                bought; those that no source knows are ignored.
            fill_missing: Whether features that are not there are missing values.

        Raises:
            RequestError: The values do not fit the features.
        """
        milliseconds: dict[str, float] = {}
        with _timed("total", milliseconds):
            with _timed("request", milliseconds):
                arrays = request_arrays(self.inputs, request, fill_missing)
                excluded = _as_bytes(excluded_items)
            retrieved, left_out = self._retrieve(arrays, excluded, milliseconds)
            with _timed("merge", milliseconds):
                candidates = merge(retrieved)
            ranking = None
            with _timed("rank", milliseconds):
                if len(candidates.items):
                    ranking = self.ranker.rank(arrays, candidates.items)
            with _timed("rules", milliseconds):
                items, removed = self._explained(candidates, ranking)
                removed += [self._removed(*own) for own in left_out.items()]
        brought = [o.source for own in candidates.origins.values() for o in own]
        return RecommendedList(
            tuple(items),
            tuple(removed),
            {own.name: brought.count(own.name) for own in self.retrievers},
            len(candidates.items),
            milliseconds,
        )

    def _retrieve(
        self,
        arrays: Mapping[str, np.ndarray],
        excluded: np.ndarray,
        milliseconds: dict[str, float],
    ) -> tuple[list[Retrieved], LeftOut]:
        retrieved: list[Retrieved] = []
        left_out: LeftOut = {}
        for own in self.retrievers:
            with _timed(f"retrieve {own.name}", milliseconds):
                found, not_allowed = own.retrieve(arrays, excluded)
            retrieved.append(found)
            for item in not_allowed.tolist():
                left_out[item] = (*left_out.get(item, ()), own.name)
        return retrieved, left_out

    def _explained(
        self, candidates: Candidates, ranking: Ranking | None
    ) -> tuple[list[RecommendedItem], list[RemovedItem]]:
        if ranking is None:
            return [], []
        order = [int(position) for position in ranking.order]
        ranked = [int(candidates.items[position]) for position in order]
        selection = select(ranked, self._rules.caps, self._list_length)
        items = [
            RecommendedItem(
                self.items.id_of(ranked[before]),
                place,
                _short(ranking.score, order[before]),
                {
                    name: _short(values, order[before])
                    for name, values in ranking.probabilities.items()
                },
                candidates.origins[ranked[before]],
                before + 1,
            )
            for place, before in enumerate(selection.places, 1)
        ]
        skipped = [
            RemovedItem(
                self.items.id_of(ranked[before]),
                str(rule),
                tuple(origin.source for origin in candidates.origins[ranked[before]]),
                before + 1,
            )
            for before, rule in selection.skipped.items()
        ]
        return items, skipped

    def _removed(self, item: int, sources: tuple[str, ...]) -> RemovedItem:
        rule = str(self._rules.requirement_of(item))
        return RemovedItem(self.items.id_of(item), rule, sources, None)


def _as_bytes(item_ids: Iterable[str]) -> np.ndarray:
    encoded = [item_id.encode() for item_id in item_ids]
    return np.array([*encoded, None], object)[:-1]


def _short(values: np.ndarray, position: int) -> float:
    """One of them; as text a float32 has no more digits than it needs."""
    return float(str(values[position]))


@contextmanager
def _timed(stage: str, milliseconds: dict[str, float]) -> Iterator[None]:
    started = time.perf_counter()
    yield
    milliseconds[stage] = 1e3 * (time.perf_counter() - started)
