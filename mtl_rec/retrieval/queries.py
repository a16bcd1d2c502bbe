"""Whom a model is asked for, and what it should find for them."""

from dataclasses import dataclass

import numpy as np

from mtl_rec.data.splitting import LEFT_OUT
from mtl_rec.metrics.ties import divided
from mtl_rec.retrieval.who_did_what import WhoDidWhat

FEWEST_USERS = 100
"""Who should find items, lest their recall tell nothing but luck."""


@dataclass(frozen=True)
class ItemLists:
    """A list of items for each query.

    Attributes:
        offsets: `(queries + 1,)`, where each list begins in `items`.
        items: Places in the catalogue.
    """

    offsets: np.ndarray
    items: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """Items of each list, `(queries,)`."""
        return np.diff(self.offsets)

    @property
    def rows(self) -> np.ndarray:
        """The query of every item, in their order."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.lengths)

    def has(self, lists: np.ndarray) -> np.ndarray:
        """Which entries of `(queries, length)` lists are in the query's own."""
        width = 1 + max(lists.max(initial=0), self.items.max(initial=0))
        own = self.rows * np.int64(width) + self.items
        asked = np.arange(len(lists))[:, None] * np.int64(width) + lists
        return np.isin(asked, own) & (lists >= 0)

    def recall(self, lists: np.ndarray) -> np.ndarray:
        """Share of each query's own that is in its list, `(queries,)`; NaN of none."""
        return divided(self.has(lists).sum(axis=1), self.lengths)

    def only(self, of_items: np.ndarray) -> "ItemLists":
        """The same lists of some items, `(items,)` a mask, alone."""
        kept = of_items[self.items]
        ends = np.append(0, np.cumsum(kept))
        return ItemLists(ends[self.offsets], self.items[kept])

    def mask(self, num_items: int, queries: slice) -> np.ndarray:
        """Which items are in the lists of adjacent queries, `(queries, items)`."""
        offsets = self.offsets[queries.start : queries.stop + 1]
        mask = np.zeros((len(offsets) - 1, num_items), bool)
        rows = np.repeat(np.arange(len(mask)), np.diff(offsets))
        mask[rows, self.items[offsets[0] : offsets[-1]]] = True
        return mask


def enough_want(relevant: ItemLists, of_items: np.ndarray) -> bool:
    """Whether so many queries should find some items that their recall tells much.

    Args:
        relevant: What each should find.
        of_items: `(items,)`, which are asked for.
    """
    return bool(np.count_nonzero(relevant.only(of_items).lengths) >= FEWEST_USERS)


@dataclass(frozen=True)
class Queries:
    """Users who had an event in a part of the data, each at their first row there.

    Attributes:
        users: `(queries,)` codes of users.
        row_numbers: `(queries,)`, of these rows in the data.
        relevant: Items that each should find: those of the user's events in the part.
        seen: Items of the user's events before the part.
    """

    users: np.ndarray
    row_numbers: np.ndarray
    relevant: ItemLists
    seen: ItemLists

    def __len__(self) -> int:
        """Returns the number of queries."""
        return len(self.users)


def queries_of(log: WhoDidWhat, part: int, exclude_seen: bool) -> Queries:
    """The queries of a part.

    Args:
        log: All rows.
        part: Place in `PARTS`; the parts before it are what is seen.
        exclude_seen: Whether seen items are none that a query should find.
    """
    is_event = log.weights > 0
    num_items = len(log.item_ids)
    now = _pairs(log, is_event & (log.parts == part), num_items)
    before = is_event & (log.parts < part) & (log.parts != LEFT_OUT)
    seen = _pairs(log, before, num_items)
    if exclude_seen:
        now = np.setdiff1d(now, seen, assume_unique=True)
    users = np.unique(now // num_items)
    seen = seen[np.isin(seen // num_items, users)]
    rows = np.flatnonzero(log.parts == part)
    # Of rows of one moment the first counts.
    rows = rows[np.lexsort((rows, log.times[rows], log.users[rows]))]
    firsts = rows[np.searchsorted(log.users[rows], users)]
    lists = (_lists(pairs, users, num_items) for pairs in (now, seen))
    return Queries(users, firsts, *lists)


def _pairs(log: WhoDidWhat, chosen: np.ndarray, num_items: int) -> np.ndarray:
    """Numbers of distinct pairs of user and item, in order."""
    users = log.users[chosen].astype(np.int64)
    return np.unique(users * num_items + log.items[chosen])


def _lists(pairs: np.ndarray, users: np.ndarray, num_items: int) -> ItemLists:
    owners = pairs // num_items
    starts = np.searchsorted(owners, users)
    return ItemLists(np.append(starts, len(pairs)), pairs % num_items)
