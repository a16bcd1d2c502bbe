"""The days that a report counts by."""

import numpy as np
import pandas as pd
import pytest

from mtl_rec.data.report.days import find_days


@pytest.mark.parametrize("unit", ["timestamps", "s", "ms", "us"])
def test_rows_are_on_the_days_of_their_times(frame, open_frame, unit):
    expected = (frame["time"] - frame["time"].min()).dt.days.to_numpy()
    frame["time"] += pd.Timedelta(hours=23)
    if unit != "timestamps":
        since_1970 = frame["time"] - pd.Timestamp(0)
        frame["time"] = since_1970 // pd.Timedelta(1, unit=unit)
    splits = open_frame(frame)

    days = find_days(splits)

    batches = splits.train.source.batches(["time"], 700)
    found = np.concatenate([days.of(batch) for batch in batches])
    np.testing.assert_array_equal(found, expected)
    assert (days.kind, days.number) == ("days", 20)
    assert days.names()[8:11] == ["2024-02-28", "2024-02-29", "2024-03-01"]


def test_numbers_that_are_no_times_are_cut_into_equal_stretches(frame, open_frame):
    frame["time"] = np.arange(len(frame)) - 500.0
    splits = open_frame(frame)

    days = find_days(splits)

    (batch,) = splits.train.source.batches(["time"], 10**6)
    rows = np.bincount(days.of(batch))
    assert (days.kind, len(rows)) == ("stretches", 30)
    assert set(rows.tolist()) <= {666, 667, 668}
    assert days.names()[0] == "-500"


def test_without_a_split_by_time_there_are_none(frame, open_frame):
    assert find_days(open_frame(frame, split={"kind": "random"})) is None
