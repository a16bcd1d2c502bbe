"""Scores that are counted, against loops over users and items."""

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.config.retrieval import ItemKnn
from mtl_rec.retrieval import counted
from mtl_rec.retrieval.interactions import Events

NUM_USERS, NUM_ITEMS, NUM_EVENTS = 20, 15, 120
HISTORIES = np.array([[0, 0, 0], [4, 0, 0], [2, 9, 2], [16, 17, 0]], np.int32)
"""Ids of items: 2 more than their places; 0 for none, 1 for unknown ones."""
IDS = np.arange(NUM_ITEMS) + 2


@pytest.fixture(scope="module")
def events():
    random = np.random.default_rng(0)
    # The last item was never touched.
    return Events(
        random.integers(0, NUM_USERS, NUM_EVENTS),
        random.integers(0, NUM_ITEMS - 1, NUM_EVENTS),
        random.choice([0.5, 1.0, 4.0], NUM_EVENTS).astype(np.float32),
        pa.table({}),
    )


def popularity(events):
    totals = np.zeros(NUM_ITEMS)
    for item, weight in zip(events.items, events.weights, strict=True):
        totals[item] += weight
    return totals


def knn_score(events, config, histories=HISTORIES):
    places = counted.places_of_ids(IDS, NUM_ITEMS + 3)
    score = counted.item_knn_score(config, events, NUM_ITEMS, "history", places).score
    return score({"history": histories}).numpy()


def test_popularity_is_the_weight_of_all_events_for_every_user(events):
    score = counted.popularity_score(events, NUM_ITEMS, "user_ids").score

    found = score({"user_ids": np.zeros((3, 2), np.int32)}).numpy()

    np.testing.assert_allclose(found, np.tile(popularity(events), (3, 1)), rtol=1e-6)


def test_popularity_within_is_by_the_share_of_each_value_in_the_history(events):
    values = np.arange(NUM_ITEMS) % 3 + 1
    histories = np.array([[1, 1, 2, 0], [3, 0, 0, 0]], np.int32)
    score = counted.popularity_within_score(events, NUM_ITEMS, "past", values, 5).score

    found = score({"past": histories}).numpy()

    shares = np.array([[2 / 3, 1 / 3, 0], [0, 0, 1]])[:, values - 1]
    wanted = shares * popularity(events) / popularity(events).max()
    np.testing.assert_allclose(found, wanted, atol=1e-4)
    for row, share in zip(found, shares, strict=True):
        touched = popularity(events) > 0
        assert row[(share > 0) & touched].min() > row[share == 0].max()


@pytest.mark.parametrize("past", [[0, 0, 0], [1, 4, 0]])
def test_a_history_that_says_nothing_gives_popularity(events, past):
    values = np.full(NUM_ITEMS, 2)
    history = np.array([past], np.int32)
    within = counted.popularity_within_score(events, NUM_ITEMS, "past", values, 5).score
    # Neither was touched with another item.
    nothing = np.where(history > 0, 16, 0)

    for found in (
        within({"past": history}).numpy(),
        knn_score(events, ItemKnn(kind="item_knn"), nothing),
    ):
        ratios = found[0, :-1] / popularity(events)[:-1]
        np.testing.assert_allclose(ratios, ratios[0], rtol=1e-5)
        assert ratios[0] > 0
        assert found[0, -1] == 0


@pytest.mark.parametrize(("neighbours", "shrinkage"), [(100, 10.0), (3, 0.0)])
def test_item_knn_sums_the_cosines_of_the_nearest_items(events, neighbours, shrinkage):
    touched = [
        {u for u, i in zip(events.users, events.items, strict=True) if i == item}
        for item in range(NUM_ITEMS)
    ]

    def similarity(a, b):
        norm = (len(touched[a]) + shrinkage) * (len(touched[b]) + shrinkage)
        return len(touched[a] & touched[b]) / np.sqrt(max(norm, 1.0)) if a != b else 0

    similar = np.array(
        [[similarity(a, b) for b in range(NUM_ITEMS)] for a in range(NUM_ITEMS)]
    )
    for row in similar:
        row[np.argsort(-row, kind="stable")[neighbours:]] = 0
    wanted = np.zeros((len(HISTORIES), NUM_ITEMS))
    for row, history in enumerate(HISTORIES):
        for id_ in history:
            if 2 <= id_ < NUM_ITEMS + 2:
                wanted[row] += similar[id_ - 2]
    wanted += counted.LAST * popularity(events) / popularity(events).max()
    config = ItemKnn(kind="item_knn", neighbours=neighbours, shrinkage=shrinkage)

    found = knn_score(events, config)

    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_an_id_of_several_items_stands_for_none_of_them():
    places = counted.places_of_ids(np.array([3, 1, 4, 1]), 6)

    assert places.tolist() == [-1, -1, -1, 0, 2, -1]
