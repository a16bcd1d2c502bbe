"""What users had seen of a batch's candidates before an event of theirs."""

import numpy as np


class SeenItems:
    """The first event of each pair of user and item, and those before it.

    Lists leave out what their user has had an event with. What they are asked for is
    then the next new item, `P(item | user, item is new)`: nothing is learned of events
    with an item that was not new, and an item that the user had seen is no alternative
    to the one that was chosen. Else those with long histories would seem to avoid what
    is popular, of which nothing new is left to them.

    Args:
        users: `(events,)` codes of users, events in the order of time.
        items: `(events,)` places in the catalogue.
        num_items: Of the catalogue.

    Attributes:
        first_events: Numbers of the events that are the first of their pair, in order.
    """

    def __init__(self, users: np.ndarray, items: np.ndarray, num_items: int) -> None:
        pairs = users.astype(np.int64) * num_items + items
        self.first_events = np.sort(np.unique(pairs, return_index=True)[1])
        by_user = np.argsort(users[self.first_events], kind="stable")
        self._events = self.first_events[by_user]
        self._items, self._users = items[self._events], users
        num_users = users.max(initial=-1) + 1
        self._starts = np.searchsorted(users[self._events], np.arange(num_users + 1))
        self._columns = np.full(num_items, -1)

    def is_new(self, events: np.ndarray, candidates: np.ndarray) -> np.ndarray:
        """Which candidates the user of an event had seen nothing of before it.

        Args:
            events: `(rows,)` numbers of events.
            candidates: `(candidates,)` places in the catalogue; some may be equal.

        Returns:
            `(rows, candidates)`.
        """
        starts = self._starts[self._users[events]]
        lengths = self._starts[self._users[events] + 1] - starts
        rows = np.repeat(np.arange(len(events)), lengths)
        ends = np.cumsum(lengths)
        places = np.arange(len(rows)) + np.repeat(starts - (ends - lengths), lengths)
        is_before = self._events[places] < events[rows]
        rows, places = rows[is_before], places[is_before]
        distinct, column_of = np.unique(candidates, return_inverse=True)
        self._columns[distinct] = np.arange(len(distinct))
        columns = self._columns[self._items[places]]
        self._columns[distinct] = -1
        is_new = np.ones((len(events), len(distinct)), bool)
        is_candidate = columns >= 0
        is_new[rows[is_candidate], columns[is_candidate]] = False
        return is_new[:, column_of]
