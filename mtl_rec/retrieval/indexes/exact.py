"""The rows of the highest inner products, every one of them compared."""

import numpy as np

ROWS = 65_536
QUERIES = 64
"""Scores that are held at a time: 16 MiB of them."""


def exact_rows(
    queries: np.ndarray, vectors: np.ndarray, alive: np.ndarray, number: int
) -> np.ndarray:
    """Rows of the highest products with each query, in no order.

    Once there are enough, a block's scores are only compared with the lowest of those
    kept, which almost none exceeds: choosing costs less than multiplying.

    Args:
        queries: `(queries, dim)` float32.
        vectors: `(rows, dim)` float32, read a block at a time.
        alive: `(rows,)`, whether a row may be found.
        number: Of rows for each query.

    Returns:
        `(queries, number)` int64; -1 where fewer rows are alive.
    """
    found = np.empty((len(queries), number), np.int64)
    for start in range(0, len(queries), QUERIES):
        own = slice(start, start + QUERIES)
        found[own] = _rows_of_block(queries[own], vectors, alive, number)
    return found


def _rows_of_block(
    queries: np.ndarray, vectors: np.ndarray, alive: np.ndarray, number: int
) -> np.ndarray:
    best = [(np.full(number, -np.inf, np.float32), np.full(number, -1))] * len(queries)
    for start in range(0, len(vectors), ROWS):
        stop = start + ROWS
        scores = queries @ vectors[start:stop].T
        scores[:, np.flatnonzero(~alive[start:stop])] = -np.inf
        best = [
            _better(*kept, own, start) for kept, own in zip(best, scores, strict=True)
        ]
    return np.stack([rows for _, rows in best]) if best else np.empty((0, number), int)


def _better(
    kept: np.ndarray, rows: np.ndarray, scores: np.ndarray, start: int
) -> tuple[np.ndarray, np.ndarray]:
    """The highest of those kept and of a block's, with their rows."""
    higher = np.flatnonzero(scores > kept.min())
    if not len(higher):
        return kept, rows
    number = len(kept)
    every = np.concatenate([kept, scores[higher]])
    places = np.argpartition(every, len(higher))[len(higher) :]
    assert len(places) == number
    return every[places], np.concatenate([rows, higher + start])[places]
