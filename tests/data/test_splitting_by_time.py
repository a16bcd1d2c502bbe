"""Which rows are the newest."""

import datetime as dt
import re

import numpy as np
import pytest

from mtl_rec.config.log_columns import WINDOW_END
from mtl_rec.errors import SchemaError


def test_the_newest_are_for_testing_and_those_before_for_validation(parts_of):
    parts = parts_of(
        {"time": [3, 9, 0, 1, 8, 2, 7, 4, 5, 6]},
        kind="time",
        column="time",
        validation_fraction=0.1,
        test_fraction=0.2,
    )

    assert parts == [
        "train", "test", "train", "train", "test",
        "train", "validation", "train", "train", "train",
    ]  # fmt: skip


def test_equal_times_never_straddle(parts_of):
    day = np.random.default_rng(0).integers(0, 12, 1000)

    parts = parts_of({"day": day}, kind="time", column="day")

    for part_of_day in (set(np.array(parts)[day == d].tolist()) for d in range(12)):
        assert len(part_of_day) == 1
    assert parts.count("test") == pytest.approx(200, abs=50)
    assert parts.count("validation") == pytest.approx(100, abs=50)


@pytest.mark.parametrize(
    "spell",
    [
        lambda day: day.isoformat(),
        lambda day: f"{day.isoformat()} 00:00:00 UTC",
        lambda day: day,
        lambda day: dt.datetime(day.year, day.month, day.day),
        lambda day: day.toordinal(),
        lambda day: f"{day.toordinal()}",
        lambda day: float(day.toordinal()),
    ],
)
def test_a_split_by_time_is_the_same_however_time_is_spelled(parts_of, spell):
    days = [dt.date(2024, 2, 20) + dt.timedelta(n) for n in range(20)]

    parts = parts_of({"day": [spell(day) for day in days]}, kind="time", column="day")

    assert parts == ["train"] * 14 + ["validation"] * 2 + ["test"] * 4


def test_rows_whose_labels_are_not_known_at_a_cut_are_left_out(parts_of):
    """Windows of two hours: one that ends just at a cut does not reach beyond it."""
    hours = list(range(10))

    parts = parts_of(
        {"time": hours, WINDOW_END: [hour + 2 for hour in hours]},
        kind="time",
        column="time",
        validation_fraction=0.2,
        test_fraction=0.2,
    )

    assert parts == [
        *["train"] * 5, "left out", "validation", "left out", "test", "test",
    ]  # fmt: skip


def test_missing_times_are_refused_with_their_count(parts_of):
    text = (
        "Column 'time' of `data.split` must hold a time on every row. "
        "Received: 2 of 5 rows without one."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        parts_of({"time": [1, None, 3, None, 5]}, kind="time", column="time")


def test_too_few_times_to_cut_between_are_refused_before_rows_are_read(parts_of):
    text = (
        "`data.split` must leave rows for train and validation. Received: train 0, "
        "validation 0, test 3 rows. Change the split or add data."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        parts_of({"time": [1, 1, 1]}, kind="time", column="time")
