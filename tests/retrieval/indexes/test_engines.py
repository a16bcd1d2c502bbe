"""What an index hides: it compares all items where an engine comes back with few."""

import numpy as np
import pytest

from mtl_rec.config.retrieval_index import FaissHnsw, FaissIvfPq, FaissIvfSq, Usearch
from mtl_rec.retrieval.indexes import VectorIndex, usearch_graph
from mtl_rec.retrieval.indexes.engines import build_engine

GRAPHS = [FaissHnsw(kind="faiss_hnsw", search_breadth=40), Usearch(kind="usearch")]


def share_found(rows, vectors, alive, queries, number):
    scores = np.where(alive, queries @ vectors.T, -np.inf)
    best = np.argsort(-scores, axis=1)[:, :number]
    pairs = zip(rows, best, strict=True)
    return np.mean([len(set(own) & set(true)) / number for own, true in pairs])


@pytest.mark.parametrize("settings", GRAPHS, ids=lambda own: own.kind)
def test_a_graph_finds_as_much_where_most_of_it_is_dead(settings, vectors):
    queries = vectors[::5]
    engine = build_engine(settings, vectors)
    alive = np.random.default_rng(0).random(len(vectors)) < 0.2
    whole = np.ones(len(vectors), bool)

    before = engine.find(queries, 20)
    engine.remove(np.flatnonzero(~alive))
    after = engine.find(queries, 20)

    assert alive[after].all()
    least = share_found(before, vectors, whole, queries, 20) - 0.02
    assert share_found(after, vectors, alive, queries, 20) >= least > 0.75


def test_usearch_builds_the_same_graph_each_time(vectors, tmp_path):
    settings = Usearch(kind="usearch")
    for build in ("first", "second"):
        folder = tmp_path / build
        folder.mkdir()
        engine = build_engine(settings, vectors[:1000])
        engine.add(vectors[1000:])
        engine.write(folder)

    graphs = [tmp_path / build / "graph.usearch" for build in ("first", "second")]
    assert graphs[0].read_bytes() == graphs[1].read_bytes()


@pytest.mark.parametrize("alone", [700, 1200])
def test_rows_past_those_of_one_thread_are_linked_too(vectors, monkeypatch, alone):
    monkeypatch.setattr(usearch_graph, "LINKED_ALONE", alone)
    engine = build_engine(Usearch(kind="usearch"), vectors[:1000])
    engine.add(vectors[1000:])

    assert sorted(np.array(engine.graph.keys)) == list(range(1500))


@pytest.mark.parametrize("settings", GRAPHS, ids=lambda own: own.kind)
def test_categories_that_come_one_after_another_are_all_reached(settings):
    random = np.random.default_rng(0)
    centres = np.repeat(random.normal(size=(100, 32)), 60, axis=0)
    vectors = centres + 0.02 * random.normal(size=centres.shape)
    vectors = vectors.astype(np.float32)
    queries = vectors[random.integers(len(vectors), size=40)]

    rows = build_engine(settings, vectors).find(queries, 20)

    assert share_found(rows, vectors, np.ones(6000, bool), queries, 20) > 0.95


@pytest.mark.parametrize(
    "settings",
    [
        *GRAPHS,
        FaissIvfPq(kind="faiss_ivf_pq", probes=1),
        FaissIvfSq(kind="faiss_ivf_sq", probes=1),
    ],
    ids=lambda own: own.kind,
)
def test_a_row_that_is_not_found_is_none_and_the_index_finds_it(settings, vectors):
    vectors = vectors[:200]
    engine = build_engine(settings, vectors)

    for queries in (vectors[:1], vectors[:3]):
        rows = engine.find(queries, 250)
        for own in rows:
            assert len(set(own[own >= 0])) == (own >= 0).sum()
            assert (own < 0).any() or len(own) == 200

    ids = [str(row) for row in range(200)]
    found = VectorIndex.build(settings, ids, vectors).search(vectors[:3], 200)
    assert all(set(own) == set(ids) for own in found.item_ids)
