"""The best items for each query."""

from collections.abc import Callable, Iterator

import numpy as np

from mtl_rec.retrieval.queries import ItemLists

BLOCK_SCORES = 2**24
"""Scores that are in memory at a time."""

NOTHING = -1
"""In place of an item, where a list is shorter."""

NO_SCORE = float(np.finfo(np.float32).min)
"""In place of its score; what is served has the empty id there."""


def best_items(
    score: Callable[[slice], np.ndarray],
    num_queries: int,
    num_items: int,
    length: int,
    excluded: ItemLists | None = None,
    allowed: np.ndarray | None = None,
) -> np.ndarray:
    """Lists of items, best first, of which those of equal scores are drawn.

    Items of a catalogue often stand in the order in which they came to be, which says
    more of them than a model that can't tell them apart. So does any one order for all
    queries, by chance. The same queries draw the same.

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
    random = np.random.default_rng(0)
    for queries in blocks(num_queries, num_items):
        scores = np.array(score(queries), np.float32)
        if excluded is not None:
            scores[excluded.mask(num_items, queries)] = -np.inf
        if allowed is not None:
            scores[:, ~allowed] = -np.inf
        best = _top(scores, min(length, num_items), random)
        found = np.take_along_axis(scores, best, axis=1)
        best[np.isneginf(found)] = NOTHING
        lists[queries, : best.shape[1]] = best
    return lists


def blocks(num_queries: int, num_items: int) -> Iterator[slice]:
    """Adjacent queries, of which all scores are in memory at a time."""
    length = max(BLOCK_SCORES // max(num_items, 1), 1)
    for start in range(0, num_queries, length):
        yield slice(start, min(start + length, num_queries))


def _top(scores: np.ndarray, length: int, random: np.random.Generator) -> np.ndarray:
    if length < scores.shape[1]:
        chosen = np.argpartition(-scores, length - 1, axis=1)[:, :length]
        _draw_equal(chosen, scores, random)
    else:
        chosen = np.tile(np.arange(length), (len(scores), 1))
    own = np.take_along_axis(scores, chosen, axis=1)
    order = np.lexsort((random.random(own.shape), -own), axis=1)
    return np.take_along_axis(chosen, order, axis=1).astype(np.int32)


def _draw_equal(
    chosen: np.ndarray, scores: np.ndarray, random: np.random.Generator
) -> None:
    """Draws anew, in place, those of the least score chosen where there are others."""
    own = np.take_along_axis(scores, chosen, axis=1)
    least = own.min(axis=1, keepdims=True)
    is_least = own == least
    others = np.count_nonzero(scores == least, axis=1) > is_least.sum(axis=1)
    for row in np.flatnonzero(others & ~np.isneginf(least[:, 0])):
        equal = np.flatnonzero(scores[row] == least[row])
        places = is_least[row]
        chosen[row, places] = random.choice(equal, places.sum(), replace=False)
