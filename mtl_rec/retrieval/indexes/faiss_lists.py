"""Candidates from the lists of near items that faiss keeps (inverted files)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from mtl_rec.config.retrieval_index import FaissIvfPq, FaissIvfSq
from mtl_rec.retrieval.indexes.aligned import ALIGNED, aligned_width, widened
from mtl_rec.retrieval.indexes.living_rows import LivingRows
from mtl_rec.retrieval.indexes.shuffled_rows import shuffled_rows

_LISTS, _MEAN = "lists.faiss", "mean.npy"
_ROWS_PER_LIST = 40
"""That say where the middle of a list is; more make training longer, hardly better."""
_STEPS = 10


@dataclass
class FaissLists:
    """Short codes of vectors, in the lists that they are nearest to.

    Attributes:
        settings: Of the lists.
        mean: `(dim,)` that is taken from items. It changes no query's order, and codes
            say more of what is left.
        lists: Of faiss.
        rows: Which of its rows may be found.
    """

    settings: FaissIvfPq | FaissIvfSq
    mean: np.ndarray
    lists: Any
    rows: LivingRows

    @classmethod
    def built(
        cls, settings: FaissIvfPq | FaissIvfSq, vectors: np.ndarray
    ) -> "FaissLists":
        """Learns lists and codes of `(rows, dim)`, and fills them."""
        num_lists = settings.lists or round(4 * len(vectors) ** 0.5)
        num_lists = min(num_lists, -(-len(vectors) // 16))
        width = aligned_width(vectors.shape[1], _multiple(settings))
        lists = _empty(settings, width, num_lists)
        lists.cp.niter, lists.cp.min_points_per_centroid = _STEPS, 1
        lists.cp.max_points_per_centroid = _ROWS_PER_LIST
        mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        # Codes are of 16 values, whatever the number of items to learn from.
        most = max(_ROWS_PER_LIST * num_lists, 16)
        order = shuffled_rows(len(vectors))[:most]
        some = vectors[np.resize(order, max(len(order), 16))] - mean
        lists.train(widened(some, _multiple(settings)))
        engine = cls(settings, mean, lists, LivingRows(np.empty(0, bool)))
        engine.add(vectors)
        return engine

    @classmethod
    def read(
        cls, settings: FaissIvfPq | FaissIvfSq, folder: Path, alive: np.ndarray
    ) -> "FaissLists":
        """From the files that it wrote."""
        lists = faiss.read_index(str(folder / _LISTS))
        return cls(settings, np.load(folder / _MEAN), lists, LivingRows(alive))

    def write(self, folder: Path) -> None:
        """Leaves two files."""
        faiss.write_index(self.lists, str(folder / _LISTS))
        np.save(folder / _MEAN, self.mean)

    def add(self, vectors: np.ndarray) -> None:
        """Puts rows that follow on those it has into the lists that there are."""
        self.lists.add(widened(vectors - self.mean, _multiple(self.settings)))
        self.rows.add(len(vectors))

    def remove(self, rows: np.ndarray) -> None:
        """Rows that are dead stay in their lists and are passed over."""
        self.rows.remove(rows)

    def find(self, queries: np.ndarray, number: int) -> np.ndarray:
        """Reads the lists whose middles have the highest products."""
        wanted = number
        if isinstance(self.settings, FaissIvfPq):
            wanted = min(self.settings.reranked * number, len(self.rows))
        parameters = faiss.SearchParametersIVF(
            nprobe=min(self.settings.probes, self.lists.nlist), sel=self.rows.selector
        )
        queries = widened(queries, _multiple(self.settings))
        return self.lists.search(queries, wanted, params=parameters)[1]


def _multiple(settings: FaissIvfPq | FaissIvfSq) -> int:
    """What the width of vectors must be a multiple of."""
    match settings:
        case FaissIvfSq():
            return ALIGNED
        case FaissIvfPq(dims_per_code=share):
            return share


def _empty(settings: FaissIvfPq | FaissIvfSq, dim: int, num_lists: int) -> Any:
    product = faiss.METRIC_INNER_PRODUCT
    middles = faiss.IndexFlatIP(dim)
    match settings:
        case FaissIvfSq():
            sixteen_bits = faiss.ScalarQuantizer.QT_fp16
            return faiss.IndexIVFScalarQuantizer(
                middles, dim, num_lists, sixteen_bits, product
            )
        case FaissIvfPq(dims_per_code=share):
            lists = faiss.IndexIVFPQFastScan(
                middles, dim, num_lists, dim // share, 4, product
            )
            lists.by_residual = True
            lists.pq.cp.min_points_per_centroid = 1
            return lists
