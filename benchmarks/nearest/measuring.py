"""How long searches take, and what they find of what there is to find."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import faiss
import numpy as np

from nearest.vectors import Vectors

K = 100
BATCH = 256
ALONE = 40
"""Queries that are asked one after another."""

Search = Callable[[np.ndarray], object]


@dataclass(frozen=True)
class Cost:
    """CPU-milliseconds of a query, by repetition: asked alone, and in a batch."""

    alone: list[float]
    batch: list[float]

    def rows(self) -> dict[str, float]:
        """For a table."""
        return {"ms alone": median(self.alone), "ms in batch": median(self.batch)}


def cost_of(search: Search, queries: np.ndarray, rounds: int) -> Cost:
    """Of the process, on the one core that it has: others' load takes no part."""
    alone, batch = [], []
    search(queries[:1])
    for _ in range(rounds):
        start = time.process_time()
        for number in range(ALONE):
            search(queries[number : number + 1])
        alone.append(1e3 * (time.process_time() - start) / ALONE)
        start = time.process_time()
        search(queries[:BATCH])
        batch.append(1e3 * (time.process_time() - start) / BATCH)
    return Cost(alone, batch)


def flat_search(vectors: Vectors) -> Search:
    """All products, by faiss."""

    def search(queries: np.ndarray) -> object:
        return faiss.knn(queries, vectors.items, K, metric=faiss.METRIC_INNER_PRODUCT)

    return search


def shared(found: np.ndarray, true: np.ndarray) -> float:
    """Share of the ids of `(queries, K)` that are in another's row."""
    pairs = zip(found, true, strict=True)
    return float(np.mean([len(set(own) & set(best)) / K for own, best in pairs]))
