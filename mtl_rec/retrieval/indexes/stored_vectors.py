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
        self.ids = np.asarray(ids, dtype=object)
        self.vectors = np.ascontiguousarray(vectors, np.float32)
        self.alive = np.ones(len(ids), bool) if alive is None else alive
        rows = np.flatnonzero(self.alive).tolist()
        self._row_of = dict(zip(self.ids[self.alive].tolist(), rows, strict=True))

    def __len__(self) -> int:
        """Returns the number of items that are not removed."""
        return len(self._row_of)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._row_of

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
        rows = range(len(self.ids), len(self.ids) + len(ids))
        self.ids = np.concatenate([self.ids, ids])
        self.vectors = np.concatenate([self.vectors, vectors])
        self.alive = np.concatenate([self.alive, np.ones(len(ids), bool)])
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


def named(ids: list[str]) -> str:
    """Some of the ids, and how many more there are."""
    shown = ", ".join(f"'{item_id}'" for item_id in ids[:_MOST_NAMED])
    more = len(ids) - _MOST_NAMED
    return f"{shown} and {more:,} more" if more > 0 else shown
