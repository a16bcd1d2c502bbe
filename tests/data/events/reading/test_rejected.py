"""Rejected rows: counted, kept, limited."""

import csv
import re

import pytest

from mtl_rec.data.events.reading import rejected as module
from mtl_rec.data.events.reading.rejected import OTHER, Place, RejectedRows
from mtl_rec.errors import SchemaError

PLACE = Place("log.csv")


def rows_of(path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_row_is_kept_with_its_place_and_its_reason(tmp_path):
    with RejectedRows(tmp_path / "rejected.csv", 1) as rejected:
        rejected.saw(5)
        rejected.add(PLACE, 2, "too short", 'a,"b\nc')
        rejected.add(Place("log.parquet", 3), None, "lost", "", num_rows=2)

    assert rows_of(tmp_path / "rejected.csv") == [
        ["file", "row", "reason", "content"],
        ["log.csv", "2", "too short", 'a,"b\nc'],
        ["log.parquet", "", "lost", ""],
    ]
    assert rejected.counts == {"too short": 1, "lost": 2}
    assert (rejected.num_rejected, rejected.num_rows) == (3, 5)


def test_without_rejected_rows_there_is_no_file_not_even_an_old_one(tmp_path):
    (tmp_path / "rejected.csv").write_text("of an earlier run")

    with RejectedRows(tmp_path / "rejected.csv", 0) as rejected:
        rejected.saw(5)
        rejected.check()

    assert not list(tmp_path.iterdir())


def test_the_file_is_there_whole_or_not_at_all(tmp_path):
    def interrupt():
        with RejectedRows(tmp_path / "rejected.csv", 1) as rejected:
            rejected.add(PLACE, 1, "too short", "")
            assert not (tmp_path / "rejected.csv").exists()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()

    assert not list(tmp_path.iterdir())


def test_too_many_rows_are_refused_and_kept(tmp_path):
    path = tmp_path / "rejected.csv"
    text = (
        "At most 10.00% of the log's rows may be unusable. Received: 11 of 100 rows "
        "read, 10 of them in 'log.parquet', row group 3. Most frequent: lost, on 10 "
        "(such as row 7 of 'log.parquet', row group 3: no data); too short, on 1 (such "
        f"as row 2 of 'log.csv': a). All are in '{path}'. Fix the log, or raise "
        "`data.source.max_rejected_fraction`."
    )
    with RejectedRows(path, 0.1) as rejected:
        rejected.saw(100)
        rejected.add(PLACE, 2, "too short", "a")
        rejected.add(Place("log.parquet", 3), 7, "lost", "no data", num_rows=10)
        with pytest.raises(SchemaError) as raised:
            rejected.check()
        # Before it is left: the error names a file that is there.
        assert len(rows_of(path)) == 3
        # A reader that is ahead has more of them.
        rejected.add(PLACE, 3, "too short", "a")

    assert str(raised.value) == text
    assert rejected.num_rejected == 11


def test_the_share_that_is_allowed_is_allowed(tmp_path):
    with RejectedRows(tmp_path / "rejected.csv", 0.1) as rejected:
        rejected.saw(100)
        rejected.add(PLACE, 2, "lost", "", num_rows=10)
        rejected.check()


@pytest.mark.parametrize(
    ("num_rows", "num_rejected", "expected_rows", "expected"),
    [
        (100_000, 100_000, 200_000, True),
        (99_999, 99_999, 200_000, False),  # the end is near
        (100_000, 2_001, 100_000, True),
        (100_000, 2_000, 100_000, False),  # near the limit, only the end tells
        (100_000, 2_000, 0, False),  # a wrong guess
        (100_000, 20_000, 1_000_000, False),  # all at the start of a good log
        (100_000, 20_001, 1_000_000, True),
    ],
)
def test_reading_on_is_hopeless_when_good_rows_can_not_make_up_for_the_bad(
    tmp_path, num_rows, num_rejected, expected_rows, expected
):
    with RejectedRows(tmp_path / "rejected.csv", 0.01) as rejected:
        rejected.saw(num_rows)
        rejected.add(PLACE, 1, "lost", "", num_rejected)

        assert rejected.is_hopeless(expected_rows) is expected


def test_reasons_are_counted_in_bounded_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_REASONS", 2)

    with RejectedRows(tmp_path / "rejected.csv", 1) as rejected:
        for reason in ("a", "b", "c", "d", "a"):
            rejected.add(PLACE, 1, reason, "")

    assert rejected.counts == {"a": 2, "b": 1, OTHER: 2}
    assert [row[2] for row in rows_of(rejected.path)[1:]] == ["a", "b", "c", "d", "a"]


def test_a_long_row_is_an_example_by_its_start(tmp_path):
    with RejectedRows(tmp_path / "rejected.csv", 0) as rejected:
        rejected.saw(1)
        rejected.add(PLACE, 1, "too long", "a" * 201)
        with pytest.raises(SchemaError, match=re.escape(f": {'a' * 200}). All")):
            rejected.check()
