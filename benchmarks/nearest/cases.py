"""Which settings of which kinds are measured on which vectors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mtl_rec.config.retrieval_index import (
    FaissHnsw,
    FaissIvfPq,
    FaissIvfSq,
    RetrievalIndex,
    Usearch,
)
from nearest.two_tower import two_tower
from nearest.vectors import Vectors, clustered

CLUSTERED, TWO_TOWER = "clustered", "two-tower"
ORIGINS = (TWO_TOWER, CLUSTERED)
DIMS = (64, 32)
TRAINING_STEPS = 400


@dataclass(frozen=True)
class Sweep:
    """An index that is built once, and what is changed of its settings afterwards."""

    built: RetrievalIndex
    changes: Sequence[dict[str, Any]]


def vectors_of(origin: str, num_items: int, num_queries: int, dim: int) -> Vectors:
    makers: dict[str, Callable[[], Vectors]] = {
        CLUSTERED: lambda: clustered(num_items, num_queries, dim, seed=0),
        TWO_TOWER: lambda: two_tower(num_items, num_queries, dim, 0, TRAINING_STEPS),
    }
    return makers[origin]()


def sweeps_of(origin: str, dim: int, is_quick: bool) -> list[Sweep]:
    """The other kinds, which take minutes, of the widest trained vectors alone."""
    probes = [{"probes": own} for own in (16, 32, 64, 96, 112, 128)]
    rounded = Sweep(FaissIvfSq(kind="faiss_ivf_sq"), probes)
    if (origin, dim) != (TWO_TOWER, DIMS[0]) and not is_quick:
        return [rounded]
    breadths = [{"search_breadth": own} for own in (100, 150, 200, 300)]
    codes = [{"probes": own, "reranked": n} for own in (16, 64) for n in (4, 16)]
    shared = [{"probes": 64, "reranked": 16}]
    return [
        rounded,
        Sweep(FaissIvfPq(kind="faiss_ivf_pq"), codes),
        Sweep(FaissIvfPq(kind="faiss_ivf_pq", dims_per_code=2), shared),
        Sweep(FaissHnsw(kind="faiss_hnsw", build_breadth=64), breadths),
        Sweep(Usearch(kind="usearch", build_breadth=64), breadths),
    ]
