"""Samples of rows that stream by."""

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.data.draws import draws_for_rows
from mtl_rec.data.report.samples import RowSample


def sample(num_rows: int, size: int, chunk_rows: int) -> list[int]:
    kept = RowSample(size)
    for start in range(0, num_rows, chunk_rows):
        rows = np.arange(start, min(start + chunk_rows, num_rows))
        kept.add(pa.table({"row": rows}), draws_for_rows(start, len(rows), seed=0))
    return kept.table()["row"].to_pylist()


@pytest.mark.parametrize("chunk_rows", [1, 7, 100, 1000])
def test_the_size_of_chunks_changes_nothing(chunk_rows):
    assert sample(500, 40, chunk_rows) == sample(500, 40, 500)


def test_it_holds_as_many_rows_as_asked_in_their_order():
    rows = sample(500, 40, 13)

    assert len(set(rows)) == 40
    assert rows == sorted(rows)


def test_it_holds_all_rows_if_they_are_few():
    assert sample(30, 40, 7) == list(range(30))


def test_rows_are_drawn_from_everywhere():
    counts = np.histogram(sample(100_000, 10_000, 999), bins=10, range=(0, 100_000))[0]

    assert np.abs(counts - 1000).max() < 120  # 4 standard deviations


def test_it_keeps_no_more_than_twice_its_size_in_between():
    kept = RowSample(10)
    for start in range(0, 10_000, 5):
        kept.add(pa.table({"row": range(5)}), draws_for_rows(start, 5, seed=0))
        assert sum(table.num_rows for table in kept._tables) <= 20


def test_without_rows_there_is_no_sample():
    with pytest.raises(ValueError, match="before `table`"):
        RowSample(10).table()
