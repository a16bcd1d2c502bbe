import numpy as np

from mtl_rec.retrieval.indexes import exact
from mtl_rec.retrieval.indexes.exact import exact_rows


def test_blocks_change_nothing(monkeypatch):
    random = np.random.default_rng(0)
    vectors = random.normal(size=(1000, 8)).astype(np.float32)
    queries = random.normal(size=(7, 8)).astype(np.float32)
    alive = random.random(1000) < 0.9
    scores = np.where(alive, queries @ vectors.T, -np.inf)
    best = np.sort(np.argsort(-scores, axis=1)[:, :20], axis=1)
    monkeypatch.setattr(exact, "ROWS", 64)
    monkeypatch.setattr(exact, "QUERIES", 3)

    found = exact_rows(queries, vectors, alive, 20)

    np.testing.assert_array_equal(np.sort(found, axis=1), best)


def test_places_without_a_row_are_said():
    vectors = np.eye(4, dtype=np.float32)
    alive = np.array([True, False, True, False])

    found = exact_rows(vectors[:2], vectors, alive, 3)

    np.testing.assert_array_equal(np.sort(found, axis=1), [[-1, 0, 2]] * 2)
