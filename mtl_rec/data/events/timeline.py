"""Events of each group in order of time, and how many came before a moment."""

import numpy as np


class Moments:
    """The distinct times of events, in order: small numbers in the place of times.

    Args:
        times: `(n,)`, in any unit.

    Attributes:
        ranks: Place of each time among the distinct ones, `(n,)`.
    """

    def __init__(self, times: np.ndarray) -> None:
        self._distinct, self.ranks = np.unique(times, return_inverse=True)

    def __len__(self) -> int:
        return len(self._distinct)

    def rank(self, times: np.ndarray) -> np.ndarray:
        """How many of the distinct times precede each time, `(m,)`."""
        return np.searchsorted(self._distinct, times, side="left")


class Timeline:
    """Some of the events, sorted by group and time.

    Args:
        groups: Group of each event, `(n,)` from 0 on: a user, or a user's item.
        moments: The times of all events.
        events: Which events, positions in `moments.ranks`; `groups` are theirs.

    Attributes:
        order: Events in the order of group and time, positions in `moments.ranks`;
            equal ones as they came.
    """

    def __init__(
        self, groups: np.ndarray, moments: Moments, events: np.ndarray | None = None
    ) -> None:
        events = np.arange(len(moments.ranks)) if events is None else events
        # Ranks of groups: group and time then always fit one number.
        self._groups, places = np.unique(groups, return_inverse=True)
        self._step = len(moments) + 1
        keys = places * self._step + moments.ranks[events]
        order = np.argsort(keys, kind="stable")
        self.order = events[order]
        self._keys = keys[order]
        starts = np.arange(len(self._groups) + 1) * self._step
        self._starts = np.searchsorted(self._keys, starts)

    def before(
        self, groups: np.ndarray, ranks: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where the events of a group that precede a time begin and end in `order`.

        Args:
            groups: Group of each question, `(m,)`; a group without events has none.
            ranks: `Moments.rank` of the times; events of that very time are not before.

        Returns:
            First position, and that after the last.
        """
        places = sorted_search(self._groups, groups)
        known = np.append(self._groups, -1)[places] == groups
        keys = places * self._step + np.where(known, ranks, 0)
        return self._starts[places], sorted_search(self._keys, keys)


def sorted_search(values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """`np.searchsorted` for many questions: in order, they pass through memory once."""
    if (wanted[1:] >= wanted[:-1]).all():
        return np.searchsorted(values, wanted)
    order = np.argsort(wanted)
    places = np.empty(len(wanted), np.int64)
    places[order] = np.searchsorted(values, wanted[order])
    return places


def pair_codes(users: np.ndarray, others: np.ndarray) -> np.ndarray:
    """One number for each user with an item or something else, int64.

    Args:
        users: Positions, `(n,)`.
        others: Codes that fit 32 bits, `(n,)`; -1 is one like the others.
    """
    return users.astype(np.int64) * 2**32 + others + 1
