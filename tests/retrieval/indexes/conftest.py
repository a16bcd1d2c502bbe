import os

# Threads of faiss wait for each other where cores are shared.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest
from pydantic import TypeAdapter

from mtl_rec.config.retrieval_index import RetrievalIndex

KINDS = ("exact", "faiss_hnsw", "faiss_ivf_pq", "faiss_ivf_sq", "usearch")
DIM = 16


@pytest.fixture(scope="session", params=KINDS)
def settings(request):
    """The defaults of every kind."""
    return TypeAdapter(RetrievalIndex).validate_python({"kind": request.param})


@pytest.fixture(scope="session")
def vectors():
    """Of 1,500 items by category, some longer than others, all off the origin."""
    random = np.random.default_rng(3)
    categories = random.normal(size=(30, DIM))
    own = categories[np.sort(random.integers(30, size=1500))]
    own = own + 0.4 * random.normal(size=own.shape)
    own = own * random.lognormal(0, 0.3, (1500, 1)) + 2
    return own.astype(np.float32)


@pytest.fixture(scope="session")
def ids(vectors):
    return [f"item {number}" for number in range(len(vectors))]


@pytest.fixture(scope="session")
def queries():
    return np.random.default_rng(4).normal(size=(40, DIM)).astype(np.float32)
