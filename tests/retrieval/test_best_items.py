"""The graph of exact search."""

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.retrieval import best_items
from mtl_rec.retrieval.best_items import BestItems
from mtl_rec.retrieval.item_places import ItemPlaces
from mtl_rec.retrieval.lists import NO_SCORE

SCORES = np.random.default_rng(0).normal(size=(7, 30)).astype(np.float32)


def search(scores, top_k, excluded=None):
    best = BestItems(lambda packed: packed["scores"], scores.shape[1], top_k)
    found = tf.function(best)({"scores": tf.constant(scores)}, excluded)
    return tuple(values.numpy() for values in found)


@pytest.mark.parametrize("rows_at_once", [1, 3, 7, 100])
def test_users_are_searched_for_in_blocks_of_any_size(rows_at_once, monkeypatch):
    monkeypatch.setattr(best_items, "_SCORES_AT_ONCE", rows_at_once * 30)

    scores, places = search(SCORES, 5, tf.constant([[-1]] * 6 + [[4]]))

    expected = SCORES.copy()
    expected[6, 4] = NO_SCORE
    np.testing.assert_array_equal(places, np.argsort(-expected)[:, :5])
    np.testing.assert_array_equal(scores, np.sort(expected)[:, ::-1][:, :5])


def test_of_equal_scores_the_first_item_comes_first():
    _, places = search(np.zeros((2, 9), np.float32), 4)

    assert places.tolist() == [[0, 1, 2, 3]] * 2


def test_all_items_are_found_where_there_are_fewer_than_asked_for():
    scores, places = search(SCORES[:, :3], 5)

    assert scores.shape == places.shape == (7, 3)


def test_what_has_no_finite_score_comes_last():
    scores = np.array([[np.nan, 1.0, np.inf, -np.inf, 2.0]], np.float32)

    found, places = search(scores, 5)

    assert places[0, :2].tolist() == [4, 1]
    assert (found[0, 2:] == NO_SCORE).all()


def test_a_score_of_other_items_than_the_catalogue_is_refused():
    best = BestItems(lambda packed: packed["scores"], 29, 5)

    with pytest.raises(ValueError, match="29"):
        tf.function(best)({"scores": tf.constant(SCORES)})


@pytest.mark.parametrize("count", [1, 8])
def test_exclusions_of_another_number_of_users_are_refused(count):
    with pytest.raises(tf.errors.InvalidArgumentError, match="a row of exclusions"):
        search(SCORES, 5, tf.zeros([count, 2], tf.int32))


def test_ids_are_found_whatever_they_are_made_of():
    ids = np.array(["a", "", "A", "x\ny", "漂亮", "👩‍👩‍👧", "a ", "0" * 5000], object)
    ids[1] = "b\x00"
    places = ItemPlaces(ids)

    found = places.places(tf.constant([[*ids.tolist(), "", "never", "x", "b"]]))

    assert found.numpy().tolist() == [[*range(8), -1, -1, -1, -1]]
    assert [i.decode() for i in places.ids(found[0, :8]).numpy()] == ids.tolist()
