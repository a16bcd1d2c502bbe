"""The best items of scores."""

import numpy as np
import pytest

from mtl_rec.retrieval import lists
from mtl_rec.retrieval.lists import NOTHING, best_items
from mtl_rec.retrieval.queries import ItemLists

NUM_QUERIES, NUM_ITEMS = 9, 40
SCORES = np.random.default_rng(0).normal(size=(NUM_QUERIES, NUM_ITEMS))


def excluded_lists():
    random = np.random.default_rng(1)
    own = [np.sort(random.permutation(NUM_ITEMS)[:n]) for n in range(NUM_QUERIES)]
    ends = np.append(0, np.cumsum([len(items) for items in own]))
    return ItemLists(ends, np.concatenate(own))


@pytest.mark.parametrize("block_scores", [1, 100, 2**24])
def test_blocks_of_any_size_give_the_best_items_that_are_allowed(
    block_scores, monkeypatch
):
    monkeypatch.setattr(lists, "BLOCK_SCORES", block_scores)
    excluded, allowed = excluded_lists(), np.arange(NUM_ITEMS) % 3 > 0
    masked = np.where(excluded.mask(NUM_ITEMS, slice(0, NUM_QUERIES)), -np.inf, SCORES)
    masked[:, ~allowed] = -np.inf

    found = best_items(
        lambda queries: SCORES[queries], NUM_QUERIES, NUM_ITEMS, 8, excluded, allowed
    )

    np.testing.assert_array_equal(found, np.argsort(-masked, axis=1)[:, :8])


def test_lists_end_with_nothing_where_items_are_too_few():
    allowed = np.arange(NUM_ITEMS) < 3

    few = best_items(lambda q: SCORES[q], NUM_QUERIES, NUM_ITEMS, 5, None, allowed)
    all_ = best_items(lambda q: SCORES[q, :3], NUM_QUERIES, 3, 5)

    np.testing.assert_array_equal(few, all_)
    assert (few[:, 3:] == NOTHING).all()
    assert (np.sort(few[:, :3], axis=1) == [0, 1, 2]).all()


@pytest.mark.parametrize("length", [100, 2000])
def test_equal_scores_prefer_neither_old_items_nor_new_ones(length):
    num_items = 2000

    (found,) = best_items(lambda _: np.zeros((1, num_items)), 1, num_items, length)

    assert len(set(found.tolist())) == length
    assert abs(found[:100].mean() / num_items - 0.5) < 0.15


def test_every_query_draws_its_own_of_equal_scores():
    num_items, length = 60, 20
    scores = np.zeros((3000, num_items), np.float32)
    scores[:, [7, 9]] = 1.0, -1.0

    found = best_items(lambda queries: scores[queries], len(scores), num_items, length)

    assert (found[:, 0] == 7).all()
    on_places = np.stack(
        [np.bincount(found[:, place], minlength=num_items) for place in (1, 10, 19)]
    )
    others = np.delete(np.arange(num_items), [7, 9])
    assert not on_places[:, [7, 9]].any()
    # Each has one in 58 of every place: 52 queries, give or take five deviations.
    assert abs(on_places[:, others] - 3000 / len(others)).max() < 36
    again = best_items(lambda queries: scores[queries], len(scores), num_items, length)
    np.testing.assert_array_equal(found, again)


def test_items_of_equal_scores_stay_behind_those_of_higher_ones():
    scores = np.zeros((1, 500))
    scores[0, [499, 3, 250]] = [1.0, 3.0, 2.0]

    (found,) = best_items(lambda _: scores, 1, 500, 10)

    assert found[:3].tolist() == [3, 250, 499]
