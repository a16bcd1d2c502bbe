"""A contender's lists: of all items, and of those without an event to learn from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mtl_rec.retrieval.lists import best_items
from mtl_rec.retrieval.queries import enough_want
from retrieval_contenders.datasets import DataSet, queries_of
from retrieval_contenders.implicit_models import implicit_lists

LENGTH = 100


@dataclass(frozen=True)
class Lists:
    """What one contender answers.

    Attributes:
        all_items: `(queries, LENGTH)` places in the catalogue, best first, -1 where
            nothing is left.
        cold_items: The same, where only cold items are asked for.
    """

    all_items: np.ndarray
    cold_items: np.ndarray

    def of_queries(self, places: np.ndarray) -> "Lists":
        """Those of the queries at some places."""
        return Lists(self.all_items[places], self.cold_items[places])

    def score(self, num_items: int) -> Any:
        """What `judge` asks for: scores whose best items are those of the lists."""
        places = 1 / (np.arange(LENGTH) + 2)

        def score(queries: slice) -> np.ndarray:
            rows = np.arange(len(self.all_items[queries]))[:, None]
            scores = np.zeros((len(rows), num_items + 1), np.float32)
            # Nothing is item -1, the last column, which is cut off.
            scores[rows, self.cold_items[queries]] = places
            scores[rows, self.all_items[queries]] = 1 + places
            return scores[:, :-1]

        return score


def our_lists(data_set: DataSet, score: Any, part: str) -> Lists:
    """The lists that scores give."""
    queries, is_cold = data_set.log.queries[part], data_set.log.cold_items[part]
    asked = score, len(queries), len(is_cold), LENGTH, queries.seen
    return Lists(best_items(*asked), best_items(*asked, is_cold))


def peer_lists(data_set: DataSet, python: Path, settings: Any, part: str) -> Lists:
    """The lists of `implicit`, for which all cold items are alike.

    Users whom it knows nothing of get what is popular.
    """
    log, queries = data_set.log, data_set.log.queries[part]
    events = data_set.learned_from(part)
    num_items = len(log.catalogue)
    counts = np.bincount(events.items, events.weights, num_items).astype(np.float32)

    def alike(scores: np.ndarray) -> Lists:
        shape = len(queries), num_items
        return our_lists(
            data_set, lambda own: np.broadcast_to(scores, shape)[own], part
        )

    lists = alike(counts).all_items
    known = data_set.known(part)
    asked = queries_of(queries, known)
    lists[known] = implicit_lists(python, settings, events, asked, LENGTH)
    return Lists(lists, alike(np.zeros_like(counts)).cold_items)


def recall(data_set: DataSet, contender: str, lists: Lists, part: str) -> float:
    """Mean recall@100 of the users of a part, by which a contender is tuned.

    Of `content`, which is for them, it is that of cold items alone, where enough users
    should find one, as it is while it is trained.
    """
    relevant, own = data_set.log.queries[part].relevant, lists.all_items
    is_cold = data_set.log.cold_items[part]
    if contender == "content" and enough_want(relevant, is_cold):
        relevant, own = relevant.only(is_cold), lists.cold_items
    return float(np.nanmean(relevant.recall(own)))
