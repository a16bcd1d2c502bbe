"""An index of items' vectors: those with the highest inner products with a query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mtl_rec.config.retrieval_index import Exact, RetrievalIndex
from mtl_rec.errors import SchemaError
from mtl_rec.retrieval.indexes import index_files
from mtl_rec.retrieval.indexes.best_rows import best_rows
from mtl_rec.retrieval.indexes.checked import checked_ids, checked_vectors, listed_ids
from mtl_rec.retrieval.indexes.engines import Engine, build_engine
from mtl_rec.retrieval.indexes.installed import require_library
from mtl_rec.retrieval.indexes.stored_vectors import StoredVectors
from mtl_rec.retrieval.lists import NO_SCORE

_QUERIES = 256
"""That are answered at a time, so that memory does not grow with their number."""


@dataclass(frozen=True)
class Found:
    """Items for each query, best first.

    Attributes:
        item_ids: `(queries, k)` text; "" where no item is left.
        scores: `(queries, k)` float32: exact inner products, whatever the index.
    """

    item_ids: np.ndarray
    scores: np.ndarray


class VectorIndex:
    """Items by id and vector, and what finds the best of them.

    Approximate kinds miss some of the best items. They make up no scores: what they
    find is compared by its whole vector. A query never gets fewer items than there are,
    up to k; where an approximate search comes back with fewer, all are compared.

    Attributes:
        settings: Which kind it is.
        stored: The vectors and their ids.
        engine: Finds candidates; None of the exact kind.
    """

    def __init__(
        self, settings: RetrievalIndex, stored: StoredVectors, engine: Engine | None
    ) -> None:
        self.settings = settings
        self.stored = stored
        self.engine = engine

    @classmethod
    def build(
        cls, settings: RetrievalIndex, ids: Sequence[str], vectors: np.ndarray
    ) -> "VectorIndex":
        """An index of some items.

        Args:
            settings: Which kind, and how.
            ids: Of the items, each once.
            vectors: `(items, dim)`.

        Raises:
            ConfigError: The kind's library is not installed.
            SchemaError: Ids are repeated or empty; there is no item; or there is not a
                vector of finite numbers for each.
        """
        require_library(settings)
        own_ids = checked_ids(ids)
        own = checked_vectors(vectors, len(own_ids))
        if not len(own_ids):
            raise SchemaError("An index needs items to begin with. Received: none.")
        stored = StoredVectors(own_ids, own)
        return cls(settings, stored, build_engine(settings, stored.vectors))

    @classmethod
    def load(cls, folder: Path) -> "VectorIndex":
        """An index that was saved.

        Raises:
            ArtifactError: The folder is none of an index, or is damaged.
            ConfigError: The kind's library is not installed.
        """
        return cls(*index_files.load(folder))

    def save(self, folder: Path, replaces: bool = False) -> None:
        """Writes all of it to a folder that is there whole or not at all.

        Args:
            folder: Its path.
            replaces: Whether it takes the place of a folder that is there, which stays
                until the new one is whole.

        Raises:
            ArtifactError: There is such a folder already, and it is not to be replaced.
        """
        index_files.save(folder, self.settings, self.stored, self.engine, replaces)

    def __len__(self) -> int:
        """Returns the number of items."""
        return len(self.stored)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self.stored

    def add(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Takes new items, without learning anything anew.

        Args:
            ids: Each once, none in the index.
            vectors: `(items, dim)`.

        Raises:
            SchemaError: See `build`; or an item is there already.
        """
        own_ids = checked_ids(ids)
        own = checked_vectors(vectors, len(own_ids), self.stored.dim)
        if not len(own_ids):
            return
        self.stored.add(own_ids, own)
        if self.engine is not None:
            self.engine.add(own)

    def remove(self, ids: Iterable[str]) -> None:
        """Takes items out, so that no query finds them; their memory stays taken.

        Raises:
            SchemaError: One is not there; then none is removed.
        """
        rows = self.stored.remove(listed_ids(ids))
        if self.engine is not None and len(rows):
            self.engine.remove(rows)

    def exact(self, without: Iterable[str] = ()) -> "VectorIndex":
        """A new index that compares all items.

        Args:
            without: Ids of items that it leaves out.
        """
        stays = self.stored.alive.copy()
        stays[self.stored.rows_of(without)] = False
        ids, vectors = self.stored.ids[stays], self.stored.vectors[stays]
        return VectorIndex.build(Exact(kind="exact"), ids.tolist(), vectors)

    def search(
        self,
        queries: np.ndarray,
        k: int,
        excluded: Sequence[Iterable[str]] | None = None,
    ) -> Found:
        """The items of the highest inner products.

        Args:
            queries: `(queries, dim)`.
            k: Items for each.
            excluded: By query, ids that it must not get, such as what a user bought;
                those that are unknown are passed over.

        Raises:
            SchemaError: There is not a vector of finite numbers for each query, or not
                a list of excluded ids.
        """
        if k < 1:
            raise SchemaError(f"k must be at least 1. Received: {k}.")
        own = checked_vectors(queries, dim=self.stored.dim)
        if excluded is not None and len(excluded) != len(own):
            raise SchemaError(
                "There must be a list of excluded ids for each query. Received: "
                f"{len(excluded)} of {len(own)} queries."
            )
        item_ids = np.full((len(own), k), "", object)
        scores = np.full((len(own), k), NO_SCORE, np.float32)
        for start in range(0, len(own) if len(self) else 0, _QUERIES):
            block = slice(start, start + _QUERIES)
            lists = map(listed_ids, () if excluded is None else excluded[block])
            without = [self.stored.rows_of(ids) for ids in lists]
            rows, values = best_rows(self.stored, self.engine, own[block], k, without)
            width = rows.shape[1]
            item_ids[block, :width] = np.where(rows < 0, "", self.stored.ids[rows])
            scores[block, :width] = values
        return Found(item_ids, scores)
