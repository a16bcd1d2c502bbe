"""Values that were seen before."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtl_rec.data.report import seen
from mtl_rec.data.report.seen import FirstDays, ValueCounts, hashed, share_unseen

chunks = st.lists(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 4))))


@pytest.fixture(params=[1, 1_000_000], autouse=True)
def merge_at(request, monkeypatch):
    monkeypatch.setattr(seen, "MERGE_AT", request.param)


def counted(texts) -> ValueCounts:
    counts = ValueCounts()
    for text in texts:
        counts.add(*hashed(pa.array(list(text), pa.string())))
    return counts


def test_each_value_is_counted_in_all_chunks():
    hashes, counts = counted(["abac", "", "ba"]).counts()

    names = ["a", "b", "c"]
    known = dict(zip(hashes.tolist(), counts.tolist(), strict=True))
    assert [known[h] for h in hashed(pa.array(names))[0].tolist()] == [3, 2, 1]


def test_the_share_of_unseen_values_counts_each_occurrence():
    assert share_unseen(counted(["ax", "xy"]), counted(["ab"])) == 0.75
    assert share_unseen(counted([]), counted(["ab"])) is None
    assert share_unseen(counted(["a"]), counted([])) == 1.0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chunks)
def test_a_value_is_new_on_all_of_its_first_day(rows_by_chunk):
    first_days = FirstDays()
    for rows in rows_by_chunk:
        names = pa.array([name for name, _ in rows], pa.string())
        days = np.array([day for _, day in rows], np.int64)
        first_days.add(*hashed(names), days)

    rows = [row for chunk in rows_by_chunk for row in chunk]
    first = {name: min(d for n, d in rows if n == name) for name, _ in rows}
    expected = Counter(day for name, day in rows if first[name] == day)
    assert first_days.rows_of_new(5).tolist() == [expected[day] for day in range(5)]
    assert first_days.num_values == len(first)
