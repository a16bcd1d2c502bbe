"""Histories never know the present or the future."""

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.data.synthetic_shop import simulate_shop, tables
from mtl_rec.data.synthetic_shop.histories import as_lists, trace_histories

BUSY = {
    "num_exposures": 6_000,
    "num_users": 20,
    "num_items": 100,
    "num_days": 5,
    "seed": 3,
}


@pytest.fixture(scope="module")
def busy_shop():
    return simulate_shop(**BUSY)


def remember_clicks(table):
    clicked = {}
    for row in table.select(["user_id", "item_id", "category", "click"]).to_pylist():
        own = clicked.setdefault(row["user_id"], [])
        yield own[-20:]
        if row["click"]:
            own.append((row["item_id"], row["category"]))


def test_histories_of_all_rows_equal_a_simple_reference(busy_shop):
    expected = list(remember_clicks(busy_shop))

    items = busy_shop["history_items"].to_pylist()
    categories = busy_shop["history_categories"].to_pylist()

    assert items == [[item for item, _ in history] for history in expected]
    assert categories == [[category for _, category in history] for history in expected]


def test_reference_covers_empty_and_full_histories(busy_shop):
    lengths = {len(history) for history in busy_shop["history_items"].to_pylist()}

    assert lengths == set(range(21))


def test_time_gaps_are_those_of_a_simple_reference():
    table = simulate_shop(**BUSY, taste_half_life_days=2)
    clicked, expected = {}, []
    for row in table.select(["user_id", "timestamp", "click"]).to_pylist():
        own, now = clicked.setdefault(row["user_id"], []), row["timestamp"]
        expected.append([str(int(np.log2((now - t) / 60 + 1))) for t in own[-20:]])
        if row["click"]:
            own.append(now)

    assert table["history_time_gaps"].to_pylist() == expected
    lengths = [len(history) for history in table["history_items"].to_pylist()]
    assert [len(gaps) for gaps in expected] == lengths


@pytest.mark.parametrize("half_life", [None, 2.0])
def test_small_chunks_give_the_same_table(half_life, monkeypatch):
    shop = {**BUSY, "taste_half_life_days": half_life}
    whole = simulate_shop(**shop)
    monkeypatch.setattr(tables, "ROWS_PER_CHUNK", 999)

    assert simulate_shop(**shop).equals(whole)


def test_history_is_that_of_the_user_before_the_row():
    histories = trace_histories(
        user=np.array([0, 1, 0, 1, 0]),
        item=np.array([10, 20, 11, 21, 12]),
        click=np.array([1, 0, 1, 1, 0]),
    )

    items, offsets = histories.items_of(slice(None))

    np.testing.assert_array_equal(offsets, [0, 0, 0, 1, 1, 3])
    np.testing.assert_array_equal(items, [10, 10, 11])


def test_histories_of_some_rows_are_part_of_those_of_all():
    histories = trace_histories(
        user=np.array([0, 0, 0]), item=np.array([7, 8, 9]), click=np.array([1, 1, 1])
    )

    items, offsets = histories.items_of(slice(2, 3))

    np.testing.assert_array_equal(offsets, [0, 2])
    np.testing.assert_array_equal(items, [7, 8])


def test_nobody_ever_clicking_gives_empty_histories():
    histories = trace_histories(
        user=np.array([2, 0]), item=np.array([5, 6]), click=np.array([0, 0])
    )

    items, offsets = histories.items_of(slice(None))

    assert len(items) == 0
    np.testing.assert_array_equal(offsets, [0, 0, 0])


def test_lists_hold_the_names_between_their_offsets():
    lists = as_lists(
        np.array([0, 0, 2], dtype=np.int32), pa.array(["a", "b"]), np.array([1, 0])
    )

    assert lists.to_pylist() == [[], ["b", "a"]]
