"""The candidates of several sources as one list, each item once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Retrieved:
    """What one source brings, the best first.

    Attributes:
        source: Its name.
        quota: Candidates that are to come from it.
        items: `(retrieved,)` positions in the catalogue, each once.
        scores: `(retrieved,)` of the source, which say nothing beside another's.
    """

    source: str
    quota: int
    items: np.ndarray
    scores: np.ndarray


@dataclass(frozen=True)
class Origin:
    """A source that has brought an item.

    Attributes:
        source: Its name.
        place: Of the item in what the source brought, from 1.
        score: That the source gave.
    """

    source: str
    place: int
    score: float


@dataclass(frozen=True)
class Candidates:
    """Items to rank.

    Attributes:
        items: `(candidates,)` positions in the catalogue, each once.
        origins: By item, all sources that brought it, in their order.
    """

    items: np.ndarray
    origins: dict[int, tuple[Origin, ...]]


def merge(retrieved: Sequence[Retrieved]) -> Candidates:
    """Takes turns until every source has brought its quota or has no more.

    The turn is of the source that has the smallest share of its quota, of several the
    first. It brings its best item that none has brought: sources that agree bring more
    different items than their best alone, and no source is served last.
    """
    taken: dict[int, None] = {}
    brought = [0] * len(retrieved)
    ahead = [iter(own.items.tolist()) for own in retrieved]
    waiting = {place for place, own in enumerate(retrieved) if len(own.items)}
    while waiting:
        turn = min(waiting, key=lambda p: (brought[p] / retrieved[p].quota, p))
        item = next((i for i in ahead[turn] if i not in taken), None)
        if item is not None:
            taken[item] = None
            brought[turn] += 1
        if item is None or brought[turn] == retrieved[turn].quota:
            waiting.remove(turn)
    origins: dict[int, tuple[Origin, ...]] = dict.fromkeys(taken, ())
    for own in retrieved:
        pairs = zip(own.items.tolist(), own.scores.tolist(), strict=True)
        for place, (item, score) in enumerate(pairs, 1):
            if item in origins:
                origins[item] += (Origin(own.source, place, score),)
    return Candidates(np.fromiter(taken, np.int64, len(taken)), origins)
