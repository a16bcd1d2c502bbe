"""Batches of events, and how probable it is that one has a candidate."""

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.config.retrieval import RetrievalTraining
from mtl_rec.retrieval.encoded_events import EncodedEvents
from mtl_rec.retrieval.encoding import encode_side
from mtl_rec.retrieval.event_batches import EventBatches
from mtl_rec.retrieval.interactions import Events
from mtl_rec.retrieval.trainable_towers import IS_NEW, ITEM, PROBABILITY

NUM_EVENTS, NUM_ITEMS = 50, 12
KNOWN = np.arange(2, NUM_ITEMS)
"""Two items were not there to be chosen."""


ITEMS = np.random.default_rng(0).integers(2, 9, NUM_EVENTS)
"""Of each event."""
SIDES = ("user", "item")


USERS = np.arange(NUM_EVENTS) // 10
"""Of each event; they have some items twice."""


def make_batches(
    batch_size=16, uniform_negatives=8, exclude_seen=False, seed=3, discount=0.0
):
    # An event's row tells its number, an item's its place.
    numbers = np.arange(NUM_EVENTS)
    weights = numbers.astype(np.float32) + 1
    return EventBatches(
        EncodedEvents(
            Events(USERS, ITEMS, weights, pa.table({})),
            {"user_ids": numbers[:, None]},
            {"item_ids": ITEMS[:, None], "tags": ITEMS[:, None] * [1, 10]},
        ),
        {
            "item_ids": np.arange(NUM_ITEMS)[:, None],
            "tags": np.arange(NUM_ITEMS)[:, None] * [1, 10],
        },
        KNOWN,
        RetrievalTraining(batch_size=batch_size, uniform_negatives=uniform_negatives),
        exclude_seen,
        seed,
        discount,
    )


def epoch_of(batches):
    return [batches[index] for index in range(len(batches))]


def test_rows_keep_their_item_weight_and_inputs_and_others_are_added():
    batches = make_batches()

    for x, y, weights in epoch_of(batches):
        events = x["user_ids"][:, 0]
        assert x["user_ids"].shape == (16, 1)
        assert len(x["item_ids"]) == len(y[ITEM]) == 16 + 8
        np.testing.assert_array_equal(weights, events + 1)
        # Candidates are what their inputs say, those of the rows first.
        np.testing.assert_array_equal(x["item_ids"][:, 0], y[ITEM])
        np.testing.assert_array_equal(x["tags"], y[ITEM][:, None] * [1, 10])
        np.testing.assert_array_equal(y[ITEM][:16], ITEMS[events])
        assert np.isin(y[ITEM][16:], KNOWN).all()


def test_an_epoch_has_each_event_once_but_for_a_last_batch_that_is_not_full():
    batches = make_batches()
    epochs = []
    for _ in range(2):
        events = np.concatenate([x["user_ids"][:, 0] for x, _, _ in epoch_of(batches)])
        assert len(batches) == 3
        assert len(set(events.tolist())) == 48
        epochs.append(events.tolist())
        batches.on_epoch_end()

    assert epochs[0] != epochs[1]


def test_fewer_events_than_a_batch_are_one_batch():
    ((x, _, _),) = epoch_of(make_batches(batch_size=1000))

    assert sorted(x["user_ids"][:, 0]) == list(range(NUM_EVENTS))


def test_the_seed_decides_every_epoch():
    def of_seed(seed):
        batches = make_batches(seed=seed)
        drawn = []
        for _ in range(2):
            drawn += [y[ITEM].tolist() for _, y, _ in epoch_of(batches)]
            batches.on_epoch_end()
        return drawn

    assert of_seed(1) == of_seed(1) != of_seed(2)


def test_what_is_new_to_its_user_is_asked_for_where_lists_leave_out_the_rest():
    batches = make_batches(exclude_seen=True)
    pairs = USERS * NUM_ITEMS + ITEMS
    firsts = np.sort(np.unique(pairs, return_index=True)[1])
    told = 0

    for x, y, _ in epoch_of(batches):
        events = x["user_ids"][:, 0]
        assert np.isin(events, firsts).all()
        for event, is_new in zip(events, y[IS_NEW], strict=True):
            earlier = ITEMS[(USERS[event] == USERS) & (np.arange(NUM_EVENTS) < event)]
            np.testing.assert_array_equal(is_new, ~np.isin(y[ITEM], earlier))
            told += np.count_nonzero(~is_new)

    assert len(firsts) < NUM_EVENTS
    assert batches.events.tolist() == firsts.tolist()
    assert len(batches) == len(firsts) // 16
    assert told


def test_all_candidates_count_where_lists_leave_out_nothing():
    for _, y, _ in epoch_of(make_batches()):
        assert IS_NEW not in y


@pytest.mark.parametrize(
    ("uniform_negatives", "exclude_seen"),
    [(0, False), (8, False), (40, False), (8, True)],
)
def test_probabilities_are_the_shares_that_candidates_have_of_batches(
    uniform_negatives, exclude_seen
):
    batches = make_batches(
        uniform_negatives=uniform_negatives, exclude_seen=exclude_seen
    )
    counts, told = np.zeros(NUM_ITEMS), {}
    for _ in range(1500):
        for _, y, _ in epoch_of(batches):
            counts += np.bincount(y[ITEM], minlength=NUM_ITEMS)
            told |= dict(zip(y[ITEM].tolist(), y[PROBABILITY].tolist(), strict=True))
        batches.on_epoch_end()

    shares = counts / counts.sum()
    assert sum(told.values()) == pytest.approx(1, abs=1e-6)
    for item, probability in told.items():
        assert probability == pytest.approx(shares[item], rel=0.05)


def test_joined_events_have_the_inputs_of_their_rows(prepared):
    def encoded(events):
        sides = (encode_side(prepared.preprocessor, events.rows, s) for s in SIDES)
        return EncodedEvents(events, *sides)

    train, later = prepared.interactions.train, prepared.interactions.validation
    joined, whole = encoded(train).joined(encoded(later)), encoded(train.joined(later))

    assert len(joined) == len(train) + len(later)
    for own, wanted in ((joined.users, whole.users), (joined.items, whole.items)):
        assert list(own) == list(wanted)
        for name, values in wanted.items():
            np.testing.assert_array_equal(own[name], values, strict=True)


@pytest.mark.parametrize("exclude_seen", [False, True])
@pytest.mark.parametrize("power", [0.5, 1.0])
def test_an_items_events_weigh_less_the_more_there_are(power, exclude_seen):
    batches = make_batches(discount=power, exclude_seen=exclude_seen)
    counts = np.bincount(ITEMS[batches.events])

    for x, _, weights in epoch_of(batches):
        events = x["user_ids"][:, 0]
        expected = (events + 1) / counts[ITEMS[events]] ** power
        np.testing.assert_allclose(weights, expected, rtol=1e-6)
        assert weights.dtype == np.float32
