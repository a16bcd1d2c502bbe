"""The best rows for queries: found by an engine, compared by their whole vectors."""

from collections.abc import Sequence

import numpy as np

from mtl_rec.retrieval.indexes.engines import Engine
from mtl_rec.retrieval.indexes.exact import exact_rows
from mtl_rec.retrieval.indexes.stored_vectors import StoredVectors
from mtl_rec.retrieval.lists import NO_SCORE

Excluded = Sequence[Sequence[int]]
"""By query, rows that it must not get; without any entry, no query has some."""


def best_rows(
    stored: StoredVectors,
    engine: Engine | None,
    queries: np.ndarray,
    k: int,
    excluded: Excluded,
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the highest products, best first, of equals the first added.

    Args:
        stored: All rows.
        engine: Finds candidates; where there is none, or it comes back with fewer
            than there are, all rows are compared.
        queries: `(queries, dim)` float32.
        k: Rows for each.
        excluded: Rows that a query must not get.

    Returns:
        Rows, -1 where none is left, and their products, `NO_SCORE` there, `(queries, k
        or fewer)` each.
    """
    number = min(k + max(map(len, excluded), default=0), len(stored))
    if engine is None:
        rows = exact_rows(queries, stored.vectors, stored.alive, number)
    else:
        rows = engine.find(queries, number)
        short = np.flatnonzero((rows >= 0).sum(axis=1) < number)
        if len(short):
            rows[short] = -1
            rows[short, :number] = exact_rows(
                queries[short], stored.vectors, stored.alive, number
            )
    return _ordered(stored.vectors, queries, rows, k, excluded)


def _ordered(
    vectors: np.ndarray,
    queries: np.ndarray,
    rows: np.ndarray,
    k: int,
    excluded: Excluded,
) -> tuple[np.ndarray, np.ndarray]:
    scores = np.matmul(vectors[rows], queries[:, :, None])[:, :, 0]
    for own, left_out in zip(rows, excluded, strict=False):
        own[np.isin(own, left_out)] = -1
    scores[rows < 0] = NO_SCORE
    if rows.shape[1] > k:
        kept = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        rows, scores = _taken(rows, kept), _taken(scores, kept)
    best = np.lexsort((rows, -scores), axis=1)
    return _taken(rows, best), _taken(scores, best)


def _taken(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    return np.take_along_axis(values, places, axis=1)
