"""What finds candidates: one for every kind of index but the exact one."""

from pathlib import Path
from typing import Protocol

import numpy as np

from mtl_rec.config.retrieval_index import (
    Exact,
    FaissHnsw,
    FaissIvfPq,
    FaissIvfSq,
    RetrievalIndex,
    Usearch,
)


class Engine(Protocol):
    """Finds rows that are likely to have the highest products with a query."""

    def find(self, queries: np.ndarray, number: int) -> np.ndarray:
        """Rows, `(queries, number or more)` int64 in no order; -1 where none is found.

        Args:
            queries: `(queries, dim)` float32.
            number: Of the rows that are asked for.
        """
        ...

    def add(self, vectors: np.ndarray) -> None:
        """Takes the rows that follow on those it has."""
        ...

    def remove(self, rows: np.ndarray) -> None:
        """Is told which rows are dead from now on."""
        ...

    def write(self, folder: Path) -> None:
        """Leaves what `load_engine` needs."""
        ...


def build_engine(settings: RetrievalIndex, vectors: np.ndarray) -> Engine | None:
    """The engine of some vectors, `(rows, dim)`; None where all are compared."""
    match settings:
        case Exact():
            return None
        case FaissHnsw():
            from mtl_rec.retrieval.indexes.faiss_graph import FaissGraph

            return FaissGraph.built(settings, vectors)
        case FaissIvfPq() | FaissIvfSq():
            from mtl_rec.retrieval.indexes.faiss_lists import FaissLists

            return FaissLists.built(settings, vectors)
        case Usearch():
            from mtl_rec.retrieval.indexes.usearch_graph import UsearchGraph

            return UsearchGraph.built(settings, vectors)


def load_engine(
    settings: RetrievalIndex, folder: Path, alive: np.ndarray
) -> Engine | None:
    """The engine that was written to a folder.

    Args:
        settings: It was built with.
        folder: Holds its files.
        alive: `(rows,)`, whether each row may be found.
    """
    match settings:
        case Exact():
            return None
        case FaissHnsw():
            from mtl_rec.retrieval.indexes.faiss_graph import FaissGraph

            return FaissGraph.read(settings, folder, alive)
        case FaissIvfPq() | FaissIvfSq():
            from mtl_rec.retrieval.indexes.faiss_lists import FaissLists

            return FaissLists.read(settings, folder, alive)
        case Usearch():
            from mtl_rec.retrieval.indexes.usearch_graph import UsearchGraph

            return UsearchGraph.read(settings, folder)
