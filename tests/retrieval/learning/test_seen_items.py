"""What a user had seen before an event, against sets."""

import numpy as np
import pytest

from mtl_rec.retrieval.seen_items import SeenItems

RANDOM = np.random.default_rng(4)
NUM_ITEMS, NUM_EVENTS = 9, 60
USERS = RANDOM.integers(0, 6, NUM_EVENTS)
ITEMS = RANDOM.integers(0, NUM_ITEMS, NUM_EVENTS)


@pytest.fixture(scope="module")
def seen():
    return SeenItems(USERS, ITEMS, NUM_ITEMS)


def before(event):
    """Items of the events of its user before it."""
    earlier = np.arange(NUM_EVENTS) < event
    return set(ITEMS[earlier & (USERS[event] == USERS)].tolist())


def test_events_of_a_pair_that_had_one_are_none_to_learn_from(seen):
    wanted = [e for e in range(NUM_EVENTS) if ITEMS[e] not in before(e)]

    assert 0 < len(wanted) < NUM_EVENTS
    assert seen.first_events.tolist() == wanted


def test_only_what_the_user_had_seen_before_the_event_is_not_new(seen):
    events = RANDOM.permutation(NUM_EVENTS)[:20]
    candidates = np.array([8, 3, 3, 0, 5, 8])

    for _ in range(2):
        found = seen.is_new(events, candidates)

        wanted = [[c not in before(e) for c in candidates] for e in events]
        assert 0 < np.mean(wanted) < 1
        np.testing.assert_array_equal(found, wanted)


def test_a_first_event_leaves_its_own_item_among_the_candidates(seen):
    events = seen.first_events

    assert np.diagonal(seen.is_new(events, ITEMS[events])).all()


def test_nothing_is_new_to_no_events():
    nothing = np.zeros(0, np.int64)

    none = SeenItems(nothing, nothing, NUM_ITEMS)

    assert none.first_events.tolist() == []
    assert none.is_new(nothing, np.array([1, 2])).shape == (0, 2)
