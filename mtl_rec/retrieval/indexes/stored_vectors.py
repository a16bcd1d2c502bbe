"""Every item's id and vector, found by either."""

from collections.abc import Iterable

import numpy as np

from mtl_rec.errors import SchemaError

_MOST_NAMED = 5


class StoredVectors:
    """Rows of vectors that grow and are never moved; removed ones stay and are dead.

    Args:
        ids: Text, each once.
        vectors: `(rows, dim)`.
        alive: Whether each row is not removed.
    """

    def __init__(
        self, ids: np.ndarray, vectors: np.ndarray, alive: np.ndarray | None = None
    ) -> None:
        self._num_rows = len(ids)
        self._ids = np.asarray(ids, dtype=object)
        self._vectors = np.ascontiguousarray(vectors, np.float32)
        self._alive = np.ones(len(ids), bool) if alive is None else alive
        rows = np.flatnonzero(self.alive).tolist()
        self._row_of = dict(zip(self.ids[self.alive].tolist(), rows, strict=True))

    def __len__(self) -> int:
        """Returns the number of items that are not removed."""
        return len(self._row_of)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._row_of

    @property
    def ids(self) -> np.ndarray:
        """`(rows,)` text, those of dead rows too."""
        return self._ids[: self._num_rows]

    @property
    def vectors(self) -> np.ndarray:
        """`(rows, dim)` float32."""
        return self._vectors[: self._num_rows]

    @property
    def alive(self) -> np.ndarray:
        """`(rows,)`, whether each is not removed."""
        return self._alive[: self._num_rows]

    @property
    def dim(self) -> int:
        """Width of the vectors."""
        return self.vectors.shape[1]

    def rows_of(self, item_ids: Iterable[str]) -> list[int]:
        """Rows of those items that there are; others are passed over."""
        found = map(self._row_of.get, item_ids)
        return [row for row in found if row is not None]

    def add(self, ids: np.ndarray, vectors: np.ndarray) -> None:
        """Appends rows.

        Raises:
            SchemaError: Some are there already.
        """
        known = [item_id for item_id in ids if item_id in self]
        if known:
            raise SchemaError(
                "Items that are added must be new. Already in the index: "
                f"{named(known)}. Remove an item whose vector has changed first."
            )
        rows = range(self._num_rows, self._num_rows + len(ids))
        own = slice(rows.start, rows.stop)
        self._ids = _with_room(self._ids, rows.stop)
        self._vectors = _with_room(self._vectors, rows.stop)
        self._alive = _with_room(self._alive, rows.stop)
        self._ids[own], self._vectors[own], self._alive[own] = ids, vectors, True
        self._num_rows = rows.stop
        self._row_of.update(zip(ids.tolist(), rows, strict=True))

    def remove(self, ids: Iterable[str]) -> np.ndarray:
        """Gives the rows that are dead from now on.

        Raises:
            SchemaError: Some are not there; then none is removed.
        """
        wanted = list(dict.fromkeys(ids))
        unknown = [item_id for item_id in wanted if item_id not in self]
        if unknown:
            raise SchemaError(
                "Items that are removed must be in the index. Not in it: "
                f"{named(unknown)}."
            )
        rows = np.array([self._row_of.pop(item_id) for item_id in wanted], np.int64)
        self.alive[rows] = False
        return rows


def _with_room(values: np.ndarray, num_rows: int) -> np.ndarray:
    """The same array, or a longer copy: one item more must not copy all of them."""
    if num_rows <= len(values):
        return values
    longer = np.empty((int(1.25 * num_rows), *values.shape[1:]), values.dtype)
    longer[: len(values)] = values
    return longer


def named(ids: list[str]) -> str:
    """Some of the ids, and how many more there are."""
    shown = ", ".join(f"'{item_id}'" for item_id in ids[:_MOST_NAMED])
    more = len(ids) - _MOST_NAMED
    return f"{shown} and {more:,} more" if more > 0 else shown
