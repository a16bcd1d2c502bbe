import numpy as np
import pytest

from mtl_rec.errors import SchemaError
from mtl_rec.retrieval.indexes import VectorIndex
from mtl_rec.retrieval.lists import NO_SCORE


@pytest.fixture(scope="module")
def built(settings, ids, vectors, tmp_path_factory):
    """Of each kind, an index of all items in a folder."""
    folder = tmp_path_factory.mktemp(settings.kind) / "index"
    VectorIndex.build(settings, ids, vectors).save(folder)
    return folder


@pytest.fixture
def index(built):
    """A copy that a test may change."""
    return VectorIndex.load(built)


def least_recall(settings):
    return 1.0 if settings.kind == "exact" else 0.95


def recall(found, ids, vectors, queries, k):
    """Share of the best k of the given items that were found."""
    best = np.argsort(-(queries @ vectors.T), axis=1)[:, :k]
    pairs = zip(found.item_ids[:, :k], np.asarray(ids, object)[best], strict=True)
    return np.mean([len(set(own) & set(true)) / k for own, true in pairs])


def test_the_best_items_are_found(settings, index, ids, vectors, queries):
    found = index.search(queries, 50)

    assert recall(found, ids, vectors, queries, 50) >= least_recall(settings)


@pytest.mark.parametrize("dim", [1, 5])
def test_vectors_may_be_of_any_width(settings, ids, vectors, queries, dim):
    if settings.kind == "faiss_ivf_pq":
        settings = settings.model_copy(update={"dims_per_code": 3})
    vectors, queries = vectors[:500, :dim], queries[:, :dim]

    index = VectorIndex.build(settings, ids[:500], vectors)
    index.add(["other"], vectors[:1])
    found = index.search(queries, 20)

    every = [*ids[:500], "other"]
    vectors = np.concatenate([vectors, vectors[:1]])
    assert recall(found, every, vectors, queries, 20) > 0.9


def test_scores_are_the_exact_products_and_fall(index, ids, vectors, queries):
    found = index.search(queries, 20)

    rows = [[ids.index(item_id) for item_id in own] for own in found.item_ids]
    products = np.einsum("qkd,qd->qk", vectors[rows], queries)
    np.testing.assert_allclose(found.scores, products, rtol=1e-5, atol=1e-5)
    assert (np.diff(found.scores, axis=1) <= 0).all()


def test_excluded_items_give_way_to_the_next(settings, index, ids, vectors, queries):
    first = index.search(queries, 30)
    excluded = [list(own[: number % 30]) for number, own in enumerate(first.item_ids)]
    excluded[0] = ["never heard of"]

    found = index.search(queries, 20, excluded)

    for number, own in enumerate(found.item_ids):
        assert "" not in own
        assert not set(own) & set(excluded[number])
        left = [i for i in first.item_ids[number] if i not in excluded[number]]
        shared = len(set(own) & set(left[:20]))
        assert shared >= least_recall(settings) * min(20, len(left)) - 1


def test_items_that_were_removed_are_not_found(settings, index, ids, vectors, queries):
    gone = np.random.default_rng(0).random(len(ids)) < 0.6

    index.remove([ids[row] for row in np.flatnonzero(gone)])
    found = index.search(queries, 50)

    left = [ids[row] for row in np.flatnonzero(~gone)]
    assert len(index) == len(left)
    assert ids[np.flatnonzero(gone)[0]] not in index
    assert recall(found, left, vectors[~gone], queries, 50) >= least_recall(settings)


def test_items_that_are_added_are_found_like_others(settings, ids, vectors, queries):
    order = np.random.default_rng(0).permutation(len(ids))
    ids = [ids[row] for row in order]
    index = VectorIndex.build(settings, ids[:700], vectors[order][:700])

    index.add(ids[700:1400], vectors[order][700:1400])
    index.add(ids[1400:], vectors[order][1400:])
    found = index.search(queries, 50)

    assert len(index) == len(ids)
    least = least_recall(settings)
    assert recall(found, ids, vectors[order], queries, 50) >= least


def test_an_item_comes_back_with_another_vector(index, ids, vectors, queries):
    index.remove(ids[:1])
    # Longer than any other, and so the best for the query that it points to.
    index.add(ids[:1], 100 * queries[:1])
    index.add(["new"], -100 * queries[:1])

    assert index.search(queries[:1], 1).item_ids[0, 0] == ids[0]
    assert index.search(-queries[:1], 1).item_ids[0, 0] == "new"


def test_places_that_no_item_is_left_for_are_empty(settings, vectors, queries):
    index = VectorIndex.build(settings, ["a", "b", "c"], vectors[:3])
    index.remove(["b"])

    found = index.search(queries, 5, np.array([["a"]] * len(queries)))

    assert (found.item_ids == ["c", "", "", "", ""]).all()
    assert (found.scores[:, 1:] == NO_SCORE).all()
    index.remove(["a", "c"])
    assert (index.search(queries, 2).item_ids == "").all()


def test_a_query_gets_every_item_if_it_asks_for_all(settings, ids, vectors, queries):
    index = VectorIndex.build(settings, ids[:100], vectors[:100])

    found = index.search(queries[:3], 100)

    assert all(set(own) == set(ids[:100]) for own in found.item_ids)


def test_an_exact_index_has_what_is_left_of_another(index, ids, vectors):
    index.remove(ids[100:])

    exact = index.exact(without=[*ids[90:100], "never heard of"])

    assert exact.settings.kind == "exact"
    assert len(exact) == len(exact.stored.vectors) == 90
    assert set(exact.search(vectors[:1], 90).item_ids[0]) == set(ids[:90])
    assert len(index) == 100


def test_what_the_index_has_is_not_added_and_nothing_changes(index, ids, vectors):
    with pytest.raises(SchemaError, match=r"Already in the index: 'item 3'\."):
        index.add(["new", "item 3"], vectors[:2])

    assert "new" not in index
    assert len(index) == len(ids)


def test_what_the_index_has_not_is_not_removed_and_nothing_changes(index, ids):
    with pytest.raises(SchemaError, match=r"Not in it: 'other', 'more'\."):
        index.remove(["item 3", "other", "more"])

    assert "item 3" in index
    assert len(index) == len(ids)
