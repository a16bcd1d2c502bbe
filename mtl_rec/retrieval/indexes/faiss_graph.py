"""Candidates from a graph of faiss (HNSW)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from mtl_rec.config.retrieval_index import FaissHnsw
from mtl_rec.retrieval.indexes.euclidean import EuclideanSpace
from mtl_rec.retrieval.indexes.living_rows import LivingRows

_GRAPH, _SPACE = "graph.faiss", "space.npz"


@dataclass
class FaissGraph:
    """Vectors of 16-bit numbers with links between near ones.

    Attributes:
        settings: Of the graph.
        space: Where its distances are measured.
        graph: Of faiss.
        rows: Which of its rows may be found.
    """

    settings: FaissHnsw
    space: EuclideanSpace
    graph: Any
    rows: LivingRows

    @classmethod
    def built(cls, settings: FaissHnsw, vectors: np.ndarray) -> "FaissGraph":
        """Links all rows of `(rows, dim)`."""
        space = EuclideanSpace.of(vectors)
        graph = faiss.IndexHNSWSQ(
            space.dim,
            faiss.ScalarQuantizer.QT_fp16,
            settings.neighbours,
            faiss.METRIC_L2,
        )
        graph.hnsw.efConstruction = settings.build_breadth
        graph.is_trained = True
        engine = cls(settings, space, graph, LivingRows(np.empty(0, bool)))
        engine.add(vectors)
        return engine

    @classmethod
    def read(cls, settings: FaissHnsw, folder: Path, alive: np.ndarray) -> "FaissGraph":
        """From the files that it wrote."""
        with np.load(folder / _SPACE) as own:
            space = EuclideanSpace(own["mean"], float(own["length"]))
        graph = faiss.read_index(str(folder / _GRAPH))
        return cls(settings, space, graph, LivingRows(alive))

    def write(self, folder: Path) -> None:
        """Leaves two files."""
        faiss.write_index(self.graph, str(folder / _GRAPH))
        np.savez(folder / _SPACE, mean=self.space.mean, length=self.space.length)

    def add(self, vectors: np.ndarray) -> None:
        """Links rows that follow on those it has."""
        self.graph.add(self.space.items(vectors))
        self.rows.add(len(vectors))

    def remove(self, rows: np.ndarray) -> None:
        """Paths go on through rows that are dead, and do not end there."""
        self.rows.remove(rows)

    def find(self, queries: np.ndarray, number: int) -> np.ndarray:
        """Walks with more in view where some of it is dead."""
        breadth = max(self.settings.search_breadth, number)
        breadth = -(-breadth * len(self.rows) // max(self.rows.num_alive, 1))
        parameters = faiss.SearchParametersHNSW(
            efSearch=breadth, sel=self.rows.selector
        )
        queries = self.space.queries(queries)
        return self.graph.search(queries, number, params=parameters)[1]
