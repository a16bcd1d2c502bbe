"""The best items for each query."""

from collections.abc import Callable

import numpy as np

from mtl_rec.retrieval.queries import ItemLists

BLOCK_SCORES = 2**24
"""Scores that are in memory at a time."""

NOTHING = -1
"""In place of an item, where a list is shorter."""


def best_items(
    score: Callable[[slice], np.ndarray],
    num_queries: int,
    num_items: int,
    length: int,
    excluded: ItemLists | None = None,
    allowed: np.ndarray | None = None,
) -> np.ndarray:
    """Lists of items, best first, those of equal scores in an order without meaning.

    Items of a catalogue often stand in the order in which they came to be, which says
    more of them than a model that can't tell them apart.

    Args:
        score: Adjacent queries to `(queries, items)`, finite.
        num_queries: Of all queries.
        num_items: Of the catalogue.
        length: Items of a list.
        excluded: By query, items that its list must not have.
        allowed: `(items,)`, which a list may have; all if not given.

    Returns:
        `(queries, length)` places in the catalogue, `NOTHING` at the end of lists for
        which there are too few.
    """
    lists = np.full((num_queries, length), NOTHING, np.int32)
    shuffled = np.random.default_rng(0).permutation(num_items)
    block = max(BLOCK_SCORES // max(num_items, 1), 1)
    for start in range(0, num_queries, block):
        queries = slice(start, min(start + block, num_queries))
        scores = np.array(score(queries), np.float32)
        if excluded is not None:
            scores[excluded.mask(num_items, queries)] = -np.inf
        if allowed is not None:
            scores[:, ~allowed] = -np.inf
        best = shuffled[_top(scores[:, shuffled], min(length, num_items))]
        found = np.take_along_axis(scores, best, axis=1)
        best[np.isneginf(found)] = NOTHING
        lists[queries, : best.shape[1]] = best
    return lists


def _top(scores: np.ndarray, length: int) -> np.ndarray:
    if length < scores.shape[1]:
        chosen = np.argpartition(-scores, length - 1, axis=1)[:, :length]
        chosen.sort(axis=1)
    else:
        chosen = np.tile(np.arange(length), (len(scores), 1))
    own = np.take_along_axis(scores, chosen, axis=1)
    order = np.argsort(-own, axis=1, kind="stable")
    return np.take_along_axis(chosen, order, axis=1).astype(np.int32)
