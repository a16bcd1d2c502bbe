"""What each user had clicked when an exposure was made."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

HISTORY_LENGTH = 20


@dataclass(frozen=True)
class Histories:
    """The histories of all exposures, as windows on the clicks sorted by user.

    Args:
        clicked_items: `(clicks,)` item numbers, by user and then by row.
        start: `(exposures,)`, where the window of each begins.
        length: `(exposures,)`, at most `HISTORY_LENGTH`.
    """

    clicked_items: np.ndarray
    start: np.ndarray
    length: np.ndarray

    def items_of(self, rows: slice) -> tuple[np.ndarray, np.ndarray]:
        """Returns the items of some rows end to end, and `(rows + 1,)` offsets."""
        length = self.length[rows]
        offsets = np.concatenate([[0], np.cumsum(length)]).astype(np.int32)
        first = np.repeat(self.start[rows] - offsets[:-1], length)
        return self.clicked_items[first + np.arange(len(first))], offsets


def trace_histories(user: np.ndarray, item: np.ndarray, click: np.ndarray) -> Histories:
    """Finds the last clicks of each user before each row.

    Args:
        user: `(exposures,)` user numbers, rows in the order of time.
        item: `(exposures,)` item numbers.
        click: `(exposures,)` 0 or 1.
    """
    by_user = np.argsort(user, kind="stable")
    clicked = click[by_user].astype(bool)
    clicks_before = np.cumsum(clicked) - clicked
    user_of_row = user[by_user]
    # searchsorted finds the first row of the same user, and so the user's first click.
    first_row = np.searchsorted(user_of_row, np.arange(user.max() + 1))
    own_first_click = clicks_before[first_row[user_of_row]]

    start = np.empty(len(user), dtype=np.int64)
    length = np.empty(len(user), dtype=np.int64)
    start[by_user] = np.maximum(own_first_click, clicks_before - HISTORY_LENGTH)
    length[by_user] = clicks_before
    return Histories(item[by_user][clicked], start, length - start)


def as_lists(offsets: np.ndarray, names: pa.Array, numbers: np.ndarray) -> pa.ListArray:
    """Returns one list of names per pair of offsets, `names` looked up by `numbers`."""
    return pa.ListArray.from_arrays(pa.array(offsets), names.take(pa.array(numbers)))
