"""Whom lists are judged by, against counting by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtl_rec.data.events.codes import MISSING
from mtl_rec.data.splitting import LEFT_OUT
from mtl_rec.retrieval.queries import ItemLists, queries_of
from mtl_rec.retrieval.who_did_what import TEST, TRAIN, VALIDATION, WhoDidWhat

NUM_USERS, NUM_ITEMS = 6, 5
ROWS = st.lists(
    st.tuples(
        st.integers(0, NUM_USERS - 1),
        st.integers(0, NUM_ITEMS - 1),
        st.sampled_from([0.0, 1.0, 2.5]),
        st.sampled_from([TRAIN, VALIDATION, TEST, LEFT_OUT]),
        st.integers(0, 3),
    ),
    max_size=40,
)
LISTS = st.lists(
    st.lists(st.integers(0, NUM_ITEMS - 1), unique=True, max_size=NUM_ITEMS),
    min_size=1,
    max_size=6,
)


def log_of(rows):
    columns = np.array(rows, dtype=float).reshape(-1, 5).T
    users, items, weights, parts, times = columns
    is_lost = (parts == LEFT_OUT) & (times == 0)
    return WhoDidWhat(
        np.where(is_lost, MISSING, users).astype(int),
        np.where(is_lost, MISSING, items).astype(int),
        weights.astype(np.float32),
        parts.astype(int),
        times.astype(int),
        np.zeros(len(rows), bool),
        np.array([f"u{i}" for i in range(NUM_USERS)], object),
        np.array([f"i{i}" for i in range(NUM_ITEMS)], object),
    )


def lists_of(lists):
    lengths = [len(own) for own in lists]
    items = np.array([item for own in lists for item in own], int)
    return ItemLists(np.append(0, np.cumsum(lengths)).astype(int), items)


def plain(lists):
    pairs = zip(lists.offsets[:-1], lists.offsets[1:], strict=True)
    return [set(lists.items[start:stop].tolist()) for start, stop in pairs]


@settings(deadline=None)
@given(ROWS, st.sampled_from([VALIDATION, TEST]), st.booleans())
def test_queries_are_the_users_of_a_part_at_their_first_row(rows, part, exclude_seen):
    log = log_of(rows)
    wanted = {}
    for user in range(NUM_USERS):
        own = [r for r in range(len(rows)) if log.users[r] == user]
        now = {log.items[r] for r in own if log.parts[r] == part and log.weights[r] > 0}
        seen = {
            log.items[r] for r in own if 0 <= log.parts[r] < part and log.weights[r] > 0
        }
        if exclude_seen:
            now -= seen
        if now:
            there = [r for r in own if log.parts[r] == part]
            first = min(there, key=lambda r: (log.times[r], r))
            wanted[user] = (first, now, seen)

    queries = queries_of(log, part, exclude_seen)

    assert queries.users.tolist() == list(wanted)
    assert queries.row_numbers.tolist() == [first for first, _, _ in wanted.values()]
    assert plain(queries.relevant) == [now for _, now, _ in wanted.values()]
    assert plain(queries.seen) == [seen for _, _, seen in wanted.values()]


@settings(deadline=None)
@given(LISTS, st.data())
def test_lists_know_their_own_items_and_no_others(lists, data):
    built = lists_of(lists)
    cells = st.lists(st.integers(-1, NUM_ITEMS + 1), min_size=4, max_size=4)
    rows = len(lists)
    asked = np.array(data.draw(st.lists(cells, min_size=rows, max_size=rows)))
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=5, max_size=5)))
    start = data.draw(st.integers(0, rows))
    stop = data.draw(st.integers(start, rows))

    mask = built.mask(NUM_ITEMS, slice(start, stop))

    assert built.has(asked).tolist() == [
        [int(cell) in own for cell in row]
        for row, own in zip(asked, lists, strict=True)
    ]
    assert plain(built.only(kept)) == [{i for i in own if kept[i]} for own in lists]
    assert [set(np.flatnonzero(row)) for row in mask] == [
        set(own) for own in lists[start:stop]
    ]
    assert built.rows.tolist() == [row for row, own in enumerate(lists) for _ in own]


def test_a_place_without_an_item_is_in_no_list():
    # Not even where the list before ends with the last item.
    assert not lists_of([[4], [0]]).has(np.array([[-1], [-1]])).any()


@pytest.mark.parametrize("part", [VALIDATION, TEST])
def test_a_part_without_events_has_no_query(part):
    rows = [(0, 1, 1.0, TRAIN, 0), (1, 1, 0.0, part, 1)]

    assert len(queries_of(log_of(rows), part, exclude_seen=True)) == 0
