"""Vectors whose nearest by distance are those of the highest inner product."""

from dataclasses import dataclass

import numpy as np

from mtl_rec.retrieval.indexes.aligned import aligned_width


@dataclass(frozen=True)
class EuclideanSpace:
    """Items about their mean, with one number more that makes all equally long.

    Graphs link what is near, and by inner product nothing need be near itself: a few
    long vectors are everyone's best. To take the same vector from all items changes no
    query's order, and between vectors of one length, distance says what products do.

    Attributes:
        mean: `(dim,)` float32, of the items that an index began with.
        length: That all get, of the longest. Items added later may be longer, and are
            then placed where they point to.

    Reference: Bachrach et al., "Speeding Up the Xbox Recommender System Using a
    Euclidean Transformation for Inner-Product Spaces", RecSys 2014.
    """

    mean: np.ndarray
    length: float

    @classmethod
    def of(cls, vectors: np.ndarray) -> "EuclideanSpace":
        """The space of some items, `(items, dim)`."""
        mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        return cls(mean, float(np.linalg.norm(vectors - mean, axis=1).max()))

    @property
    def dim(self) -> int:
        """Of its vectors."""
        return aligned_width(len(self.mean) + 1)

    def items(self, vectors: np.ndarray) -> np.ndarray:
        """`(items, dim)` float32, of vectors as a model gives them."""
        own = vectors - self.mean
        lengths = np.linalg.norm(own, axis=1)
        own *= (self.length / np.maximum(lengths, self.length))[:, None]
        missing = np.sqrt(np.maximum(self.length**2 - lengths**2, 0))
        return self._filled(own, missing)

    def queries(self, vectors: np.ndarray) -> np.ndarray:
        """`(queries, dim)` float32, of vectors as a model gives them."""
        return self._filled(vectors, np.zeros(len(vectors)))

    def _filled(self, vectors: np.ndarray, last: np.ndarray) -> np.ndarray:
        filled = np.zeros((len(vectors), self.dim), np.float32)
        width = vectors.shape[1]
        filled[:, :width], filled[:, width] = vectors, last
        return filled
