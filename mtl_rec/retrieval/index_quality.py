"""What an index finds of the best items, and how fast, beside comparing all."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mtl_rec.retrieval.indexes import VectorIndex

K = 100
MOST_QUERIES = 1000
_ALONE = 100
"""Queries that are timed one by one."""
_LEAST_SECONDS = 0.2
"""That all queries together are asked for again and again."""


@dataclass(frozen=True)
class IndexQuality:
    """Of one index.

    Attributes:
        recall: Share of the best items that it finds, mean over queries.
        k: Best items that are looked for: `K`, or all where there are fewer.
        num_queries: That were asked.
        milliseconds: Of a query that is asked alone, median.
        exact_milliseconds: Of the same where every item is compared.
        batch_milliseconds: Of a query, where all are asked together.
        exact_batch_milliseconds: Of the same where every item is compared.
    """

    recall: float
    k: int
    num_queries: int
    milliseconds: float
    exact_milliseconds: float
    batch_milliseconds: float
    exact_batch_milliseconds: float

    @property
    def times_as_fast(self) -> float:
        """As comparing every item, for a query that is asked alone."""
        return self.exact_milliseconds / self.milliseconds

    @property
    def times_as_fast_in_batch(self) -> float:
        """As comparing every item, for queries that are asked together."""
        return self.exact_batch_milliseconds / self.batch_milliseconds


def measured(index: VectorIndex, queries: np.ndarray) -> IndexQuality:
    """Searches with an index and without.

    Args:
        index: Has an item at least.
        queries: `(queries, dim)`, at least one.
    """
    exact, k = index.exact(), min(K, len(index))
    found, together = _together(index, queries, k)
    best, exact_together = _together(exact, queries, k)
    shared = [len(set(own) & set(true)) for own, true in zip(found, best, strict=True)]
    return IndexQuality(
        float(np.mean(shared)) / k,
        k,
        len(queries),
        _alone(index, queries, k),
        _alone(exact, queries, k),
        together,
        exact_together,
    )


def sampled(vectors: np.ndarray) -> np.ndarray:
    """Some of them to ask for, `(MOST_QUERIES or fewer, dim)`, always the same."""
    number = min(len(vectors), MOST_QUERIES)
    rows = np.random.default_rng(0).choice(len(vectors), number, replace=False)
    return vectors[np.sort(rows)]


def _together(
    index: VectorIndex, queries: np.ndarray, k: int
) -> tuple[np.ndarray, float]:
    # The first search of a process pays for what others find ready.
    index.search(queries[:1], k)
    times: list[float] = []
    while True:
        found, seconds = _timed(lambda: index.search(queries, k).item_ids)
        times.append(seconds)
        if sum(times) >= _LEAST_SECONDS:
            return found, 1e3 * float(np.median(times)) / len(queries)


def _alone(index: VectorIndex, queries: np.ndarray, k: int) -> float:
    times = []
    for place in range(min(len(queries), _ALONE)):
        query = queries[place : place + 1]
        times.append(_timed(lambda query=query: index.search(query, k).scores)[1])
    return 1e3 * float(np.median(times))


def _timed(search: Callable[[], np.ndarray]) -> tuple[np.ndarray, float]:
    started = time.perf_counter()
    return search(), time.perf_counter() - started
