"""Candidates from a graph of usearch (HNSW)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from usearch.index import Index

from mtl_rec.config.retrieval_index import Usearch
from mtl_rec.retrieval.indexes.euclidean import EuclideanSpace
from mtl_rec.retrieval.indexes.shuffled_rows import shuffled_rows

_GRAPH, _SPACE = "graph.usearch", "space.npz"

LINKED_ALONE = 10_000
"""First rows of a graph, which one thread links. Threads that link the first few at
once may leave groups that no path reaches: of 60 graphs of 1,500 rows one or two found
.88 to .97 of the nearest, where each that one thread built finds .998."""


@dataclass
class UsearchGraph:
    """Vectors of 16-bit numbers with links between near ones.

    Attributes:
        settings: Of the graph.
        space: Where its distances are measured.
        graph: Of usearch; its keys are rows.
        num_rows: That it was given so far.
    """

    settings: Usearch
    space: EuclideanSpace
    graph: Index
    num_rows: int = 0

    @classmethod
    def built(cls, settings: Usearch, vectors: np.ndarray) -> "UsearchGraph":
        """Links all rows of `(rows, dim)`."""
        space = EuclideanSpace.of(vectors)
        engine = cls(settings, space, _empty(settings, space.dim))
        engine.add(vectors)
        return engine

    @classmethod
    def read(cls, settings: Usearch, folder: Path) -> "UsearchGraph":
        """From the files that it wrote."""
        with np.load(folder / _SPACE) as own:
            space = EuclideanSpace(own["mean"], float(own["length"]))
            num_rows = int(own["num_rows"])
        graph = _empty(settings, space.dim)
        graph.load(str(folder / _GRAPH))
        return cls(settings, space, graph, num_rows)

    def write(self, folder: Path) -> None:
        """Leaves two files."""
        self.graph.save(str(folder / _GRAPH))
        own = {"mean": self.space.mean, "length": self.space.length}
        np.savez(folder / _SPACE, **own, num_rows=self.num_rows)

    def add(self, vectors: np.ndarray) -> None:
        """Links rows that follow on those it has."""
        order = shuffled_rows(len(vectors))
        items = self.space.items(vectors)[order]
        keys = order + self.num_rows
        alone = max(LINKED_ALONE - len(self.graph), 0)
        self.graph.add(keys[:alone], items[:alone], copy=True, threads=1)
        self.graph.add(keys[alone:], items[alone:], copy=True)
        self.num_rows += len(vectors)

    def remove(self, rows: np.ndarray) -> None:
        """Takes rows out; their places in the graph go to those added next."""
        self.graph.remove(rows)

    def find(self, queries: np.ndarray, number: int) -> np.ndarray:
        """Walks the graph, which knows itself what is dead."""
        found = np.full((len(queries), number), -1, np.int64)
        if not len(self.graph):
            return found
        self.graph.expansion_search = max(self.settings.search_breadth, number)
        matches = self.graph.search(self.space.queries(queries), number)
        keys = np.atleast_2d(matches.keys).astype(np.int64)
        counts = np.atleast_1d(getattr(matches, "counts", keys.shape[1]))
        within = np.arange(keys.shape[1]) < counts[:, None]
        found[:, : keys.shape[1]] = np.where(within, keys, -1)
        return found


def _empty(settings: Usearch, dim: int) -> Index:
    return Index(
        ndim=dim,
        metric="l2sq",
        dtype="f16",
        connectivity=settings.neighbours,
        expansion_add=settings.build_breadth,
        expansion_search=settings.search_breadth,
    )
