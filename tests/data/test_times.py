"""Times in any spelling, and where to cut them."""

import datetime as dt
import re
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.data import times as module
from mtl_rec.data.times import boundaries, count_times, read_times
from mtl_rec.errors import SchemaError

DAY = 86_400_000_000
RULE = (
    "Column 'time' of `data.split` must hold numbers, or dates and timestamps "
    "(ISO 8601 where they are text), all of one sort. "
)


@pytest.mark.parametrize(
    "array",
    [
        pa.array([1, 2], pa.int8()),
        pa.array([1, 2], pa.uint64()),
        pa.array([1.0, 2.0]),
        pa.array([Decimal("1.0"), Decimal("2.0")]),
        pa.array(["1", " 2.0 "]),
        pa.array(["1", "2"]).dictionary_encode(),
        pa.array(["1", "2"], pa.large_string()),
    ],
    ids=lambda array: str(array.type),
)
def test_numbers_are_taken_as_they_are(array):
    sort, values = read_times(array, "time")

    assert sort == "numbers"
    np.testing.assert_array_equal(values, [1.0, 2.0])


@pytest.mark.parametrize(
    "array",
    [
        pa.array([dt.date(1970, 1, 2)]),
        pa.array([dt.datetime(1970, 1, 2)], pa.timestamp("s")),
        pa.array([dt.datetime(1970, 1, 2)], pa.timestamp("ns")),
        pa.array([DAY], pa.timestamp("us", tz="Asia/Tokyo")),
        pa.array(["1970-01-02"]),
        pa.array(["1970-01-02 00:00:00"]),
        pa.array(["1970-01-02T00:00:00.000000000"]),
        pa.array(["1970-01-02T00:00:00Z"]),
        pa.array(["1970-01-02T09:00:00+09:00"]),
        pa.array(["1970-01-02 00:00:00 UTC"]),
    ],
    ids=lambda array: f"{array.type} {array[0]}",
)
def test_dates_and_timestamps_are_microseconds(array):
    sort, values = read_times(array, "time")

    assert sort == "timestamps"
    np.testing.assert_array_equal(values, [DAY])


@pytest.mark.parametrize(
    "array",
    [
        pa.array([1, None]),
        pa.array(["1", ""]),
        pa.array(["2024-01-01", None]),
        pa.array([dt.date(2024, 1, 1), None]),
        pa.array([1.0, float("nan")]),
    ],
    ids=lambda array: str(array),
)
def test_missing_times_are_nan(array):
    np.testing.assert_array_equal(np.isnan(read_times(array, "time")[1]), [False, True])


@pytest.mark.parametrize(
    ("array", "received"),
    [
        (pa.array(["2024-01-01", "soon"]), "Received: 'soon'."),
        (pa.array(["2024-01-01", "7"]), "Received: several ways to write them."),
        (pa.array([True]), "Received: bool."),
        (pa.array([dt.time(1)]), "Received: time64[us]."),
        (pa.array([[1]]), "Received: list<item: int64>."),
    ],
    ids=lambda value: str(value),
)
def test_what_is_not_a_time_is_refused(array, received):
    with pytest.raises(SchemaError, match=re.escape(RULE + received)):
        read_times(array, "time")


def test_numbers_in_one_file_and_dates_in_the_next_are_refused():
    arrays = [pa.array([1]), pa.array(["2024-01-01"])]

    with pytest.raises(SchemaError, match=re.escape(f"{RULE}Received: both.")):
        count_times(arrays, "time")


def test_missing_times_are_counted_over_all_batches():
    arrays = [pa.array([1, None]), pa.array([None, None]), pa.array([2.0, np.inf])]
    text = (
        "Column 'time' of `data.split` must hold a time on every row. "
        "Received: 4 of 6 rows without one."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        count_times(arrays, "time")


@pytest.mark.parametrize("merge_at", [0, 3, 1000])
def test_times_are_counted_the_same_however_often_they_are_merged(
    monkeypatch, merge_at
):
    monkeypatch.setattr(module, "MERGE_AT", merge_at)

    times, counts = count_times([pa.array([3, 1]), pa.array([1]), pa.array([2])], "t")

    np.testing.assert_array_equal(times, [1, 2, 3])
    np.testing.assert_array_equal(counts, [2, 1, 1])


def test_boundaries_are_quantiles():
    cuts = boundaries(np.arange(10.0), np.ones(10), [0.7, 0.8])

    np.testing.assert_array_equal(cuts, [7.0, 8.0])


def test_a_boundary_inside_a_day_moves_to_the_nearer_end():
    days, rows = np.array([1.0, 2.0, 3.0]), np.array([10, 10, 10])

    np.testing.assert_array_equal(boundaries(days, rows, [0.4, 0.6]), [2.0, 3.0])
