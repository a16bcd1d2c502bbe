"""Values that were seen before, by their hashes: 64 bits take the place of a text.

Two of a billion values share a hash with a chance of 3 %.
"""

import numpy as np
import pyarrow as pa

from mtl_rec.data.draws import hashes_of_names

MERGE_AT = 1_000_000
"""Entries wait until there are so many, or as many as are known already."""

_SEED = 0


def hashed(values: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The distinct values' hashes, uint64, and the position among them of each value.

    Args:
        values: Strings without missing ones.
    """
    encoded = values.dictionary_encode()
    return hashes_of_names(encoded.dictionary, _SEED), encoded.indices.to_numpy()


class ValueCounts:
    """How often each value occurred; 16 bytes for a distinct one."""

    def __init__(self) -> None:
        self._known = np.empty(0, np.uint64), np.empty(0, np.int64)
        self._waiting: list[tuple[np.ndarray, np.ndarray]] = []
        self._num_waiting = 0

    def add(self, hashes: np.ndarray, positions: np.ndarray) -> None:
        """Counts values in, as `hashed` gives them."""
        self._waiting.append((hashes, np.bincount(positions, minlength=len(hashes))))
        self._num_waiting += len(hashes)
        if self._num_waiting > max(MERGE_AT, len(self._known[0])):
            self.counts()

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """The distinct hashes in order, and the occurrences of each."""
        if self._waiting:
            hashes, counts = map(
                np.concatenate, zip(self._known, *self._waiting, strict=True)
            )
            order = np.argsort(hashes)
            distinct, starts = np.unique(hashes[order], return_index=True)
            sums = np.add.reduceat(counts[order], starts) if len(starts) else counts
            self._known, self._waiting, self._num_waiting = (distinct, sums), [], 0
        return self._known


def share_unseen(test: ValueCounts, train: ValueCounts) -> float | None:
    """Share of the test values that training has none of; None without test values."""
    hashes, counts = test.counts()
    if not counts.sum():
        return None
    is_new = ~np.isin(hashes, train.counts()[0], assume_unique=True)
    return float(counts[is_new].sum() / counts.sum())


class FirstDays:
    """The first day of each value, and its rows on that day; 24 bytes for a value.

    Days may come in any order.
    """

    def __init__(self) -> None:
        empty = np.empty(0, np.int64)
        self._known = np.empty(0, np.uint64), empty, empty
        self._waiting: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._num_waiting = 0

    def add(self, hashes: np.ndarray, positions: np.ndarray, days: np.ndarray) -> None:
        """Notes rows: their values, as `hashed` gives them, and their days."""
        if not len(positions):
            return
        num_days = int(days.max()) + 1
        pairs, rows = np.unique(positions * num_days + days, return_counts=True)
        self._waiting.append((hashes[pairs // num_days], pairs % num_days, rows))
        self._num_waiting += len(pairs)
        if self._num_waiting > max(MERGE_AT, len(self._known[0])):
            self._merge()

    @property
    def num_values(self) -> int:
        """Distinct ones."""
        self._merge()
        return len(self._known[0])

    def rows_of_new(self, num_days: int) -> np.ndarray:
        """Rows of each day whose value has this as its first day, `(num_days,)`."""
        self._merge()
        return np.bincount(self._known[1], self._known[2], minlength=num_days)

    def _merge(self) -> None:
        if not self._waiting:
            return
        hashes, days, rows = map(
            np.concatenate, zip(self._known, *self._waiting, strict=True)
        )
        order = np.lexsort((days, hashes))
        hashes, days, rows = hashes[order], days[order], rows[order]
        starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1]))
        first_days = np.repeat(days[starts], np.diff(np.append(starts, len(hashes))))
        on_first = np.where(days == first_days, rows, 0)
        self._known = hashes[starts], days[starts], np.add.reduceat(on_first, starts)
        self._waiting, self._num_waiting = [], 0
