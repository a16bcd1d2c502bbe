"""What was known of items and users at a time: a category, a brand, a price."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from mtl_rec.data.events.calendar import Calendar
from mtl_rec.data.events.codes import MISSING, missing_last
from mtl_rec.data.events.timeline import sorted_search


@dataclass(frozen=True)
class Versions:
    """Rows that each hold from a time on, until the next one of the same owner.

    Attributes:
        owners: An item or a user, in order, `(n,)`.
        valid_from: Microseconds, in order for each owner, `(n,)`.
        codes: By column, the value as a place in `values`, `MISSING` where it has none.
        values: By column, the distinct values.
    """

    owners: np.ndarray
    valid_from: np.ndarray
    codes: Mapping[str, np.ndarray]
    values: Mapping[str, pa.Array]

    def rows(self, owners: np.ndarray, times: np.ndarray) -> np.ndarray:
        """The row that held for each owner at a time; -1 if there was none yet.

        Args:
            owners: `(m,)`.
            times: Microseconds, `(m,)`; a row holds at the very time it is valid from.
        """
        moments, step, keys = self._index
        wanted = owners.astype(np.int64) * step
        wanted += np.searchsorted(moments, times, side="right")
        found = sorted_search(keys, wanted + 1) - 1
        is_own = (found >= 0) & (np.append(self.owners, MISSING)[found] == owners)
        return np.where(is_own, found, -1)

    @cached_property
    def _index(self) -> tuple[np.ndarray, int, np.ndarray]:
        """Distinct times, and owner and time of each row as one number, in order."""
        moments, ranks = np.unique(self.valid_from, return_inverse=True)
        step = len(moments) + 1
        return moments, step, self.owners.astype(np.int64) * step + ranks + 1

    def code(self, name: str, rows: np.ndarray) -> np.ndarray:
        """Codes of one column on rows that `rows` found, `MISSING` on -1."""
        return np.append(self.codes[name], np.int32(MISSING))[rows]


def versions_of(table: pa.Table, owners: np.ndarray) -> Versions:
    """The rows of a side table.

    Args:
        table: As `read_side_table` gives it.
        owners: The item or user of each row, in order.
    """
    codes, values = {}, {}
    for name in table.column_names:
        if name in ("key", "valid_from"):
            continue
        column = table[name].combine_chunks()
        if pa.types.is_nested(column.type):
            codes[name], values[name] = np.arange(len(column), dtype=np.int32), column
        else:
            encoded = column.dictionary_encode()
            codes[name] = encoded.indices.fill_null(MISSING).to_numpy()
            values[name] = encoded.dictionary
    return Versions(owners, table["valid_from"].to_numpy(), codes, values)


class ItemDays:
    """What the log said of each item first on each day, gathered piece by piece.

    Prices and the like change, and those of a sampled item must be as fresh or as stale
    as those of an exposed one, or the model could tell them apart. So a day's exposures
    see what was said the day before, or on the item's first day what was said first.

    Args:
        calendar: Divides times into days.
        values: By item column, its distinct values.
    """

    def __init__(self, calendar: Calendar, values: Mapping[str, pa.Array]) -> None:
        self._calendar = calendar
        self._values = values
        self._pieces: list[np.ndarray] = []
        self._lock = threading.Lock()

    def add(
        self, items: np.ndarray, times: np.ndarray, codes: Mapping[str, np.ndarray]
    ) -> None:
        """Takes in events: items, times and item columns; several threads may."""
        days = self._calendar.day(times)
        own = [missing_last(codes[name]) for name in self._values]
        rows = np.stack([items, days, times, *own], axis=1).astype(np.int64)
        firsts = _first_of_each_day(rows)
        with self._lock:
            self._pieces.append(firsts)
            if sum(map(len, self._pieces[1:])) > max(1_000_000, len(self._pieces[0])):
                self._pieces = [_first_of_each_day(np.concatenate(self._pieces))]

    def versions(self) -> Versions:
        """Rows that hold from the day after, and on the first day from the start."""
        rows = _first_of_each_day(np.concatenate(self._pieces))
        is_new = _begins(rows[:, 0])
        # An item's first row holds from its own time on, the others from the next day.
        valid_from = np.where(is_new, rows[:, 2], self._calendar.starts[rows[:, 1] + 1])
        changed = is_new | (rows[:, 3:] != np.roll(rows[:, 3:], 1, axis=0)).any(axis=1)
        rows, valid_from = rows[changed], valid_from[changed]
        columns = zip(rows.T[3:], self._values.items(), strict=True)
        codes = {
            name: np.where(own < len(values), own, MISSING)
            for own, (name, values) in columns
        }
        return Versions(rows[:, 0], valid_from, codes, self._values)


def _first_of_each_day(rows: np.ndarray) -> np.ndarray:
    """Rows of `[item, day, time, codes...]`; of the earliest ones the smallest."""
    order = np.lexsort(rows.T[::-1])
    rows = rows[order]
    return rows[_begins(rows[:, 0], rows[:, 1])]


def _begins(*columns: Sequence[int] | np.ndarray) -> np.ndarray:
    """Where any of the columns differs from the row before."""
    first = np.array([True])
    changes = [np.append(first, c[1:] != c[:-1]) for c in map(np.asarray, columns)]
    return np.logical_or.reduce(changes)
