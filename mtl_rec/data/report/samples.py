"""A sample of rows that stream by."""

import numpy as np
import pyarrow as pa

SAMPLE_ROWS = 200_000
"""Rows kept of a part, which bounds the memory of a report."""


class RowSample:
    """The rows with the smallest draws: any row is in it as likely as any other.

    Which rows these are depends on their draws alone, not on the size of chunks.

    Args:
        size: Rows to keep.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._tables: list[pa.Table] = []
        self._draws: list[np.ndarray] = []
        self._limit = np.inf

    def add(self, rows: pa.Table, draws: np.ndarray) -> None:
        """Takes what may belong to the sample.

        Args:
            rows: Of equal schema at each call.
            draws: `(rows,)`, independent and in [0, 1).
        """
        is_small = draws < self._limit
        self._tables.append(rows.filter(pa.array(is_small)))
        self._draws.append(draws[is_small])
        if sum(map(len, self._draws)) > 2 * self.size:
            self._prune()

    def table(self) -> pa.Table:
        """The sample in the order of the data, each column in one piece.

        Raises:
            ValueError: No rows were added, so that the columns are not known.
        """
        if not self._tables:
            raise ValueError("`add` must be called before `table`. Received: no rows.")
        self._prune()
        return self._tables[0].combine_chunks()

    def _prune(self) -> None:
        rows, draws = pa.concat_tables(self._tables), np.concatenate(self._draws)
        if len(draws) > self.size:
            self._limit = np.partition(draws, self.size)[self.size]
            rows = rows.filter(pa.array(draws < self._limit))
            draws = draws[draws < self._limit]
        # Filtered chunks may keep the memory of what they were filtered from.
        self._tables, self._draws = [rows.combine_chunks()], [draws]
