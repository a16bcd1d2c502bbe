"""Parquet logs: a damaged row group costs that group, and no more."""

import csv
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mtl_rec.config.events import Events
from mtl_rec.config.log_parts import EventColumns, Label
from mtl_rec.data.events.reading import parquet_files as module
from mtl_rec.data.events.reading import rejected as limits
from mtl_rec.data.events.reading.events import read_events
from mtl_rec.data.events.reading.rejected import RejectedRows
from mtl_rec.errors import ArtifactError, SchemaError

GROUP_ROWS = 50


@pytest.fixture
def write(tmp_path):
    """Writes files of six row groups, the users numbered through all of them."""

    def write_file(name="log.parquet", first=0, **settings):
        rows = range(first, first + 6 * GROUP_ROWS)
        table = pa.table(
            {
                "u": [f"u{row}" for row in rows],
                "i": list(rows),
                "e": ["pv"] * len(rows),
                "t": list(rows),
            }
        )
        path = tmp_path / "log" / name
        path.parent.mkdir(exist_ok=True)
        settings = {"use_dictionary": False} | settings
        pq.write_table(table, path, row_group_size=GROUP_ROWS, **settings)
        return path

    return write_file


def corrupt(path, group: int, column: int = 0) -> None:
    """Overwrites the bytes of a column in the middle of a file."""
    about = pq.read_metadata(path).row_group(group).column(column)
    data = bytearray(path.read_bytes())
    start = about.data_page_offset
    data[start : start + about.total_compressed_size] = (
        b"\xff" * about.total_compressed_size
    )
    path.write_bytes(data)


@pytest.fixture
def read(tmp_path):
    """Reads all files; gives users, counts by reason, and what is kept."""

    def read_files(max_fraction=1.0):
        log = Events(
            kind="events",
            path=str(tmp_path / "log"),
            columns=EventColumns(user="u", item="i", event="e", time="t"),
            event_types={"pv": "view"},
            window_hours=1,
            labels={"click": Label(events=("view",))},
        )
        path = tmp_path / "rejected.csv"
        with RejectedRows(path, max_fraction) as rejected:
            events = pa.concat_tables(read_events(log, rejected))
        assert rejected.num_rows == events.num_rows + rejected.num_rejected
        kept = []
        if path.exists():
            kept = list(csv.DictReader(path.read_text().splitlines()))
        return events["user"].to_pylist(), dict(rejected.counts), kept

    return read_files


def users(*rows: range) -> list[str]:
    return [f"u{row}" for part in rows for row in part]


@pytest.mark.parametrize("held_rows", [0, 2**20], ids=["decoded twice", "held"])
def test_a_row_group_that_is_corrupt_is_rejected_whole(
    write, read, monkeypatch, held_rows
):
    monkeypatch.setattr(module, "HELD_ROWS", held_rows)
    monkeypatch.setattr(module, "CHUNK_ROWS", 20)
    path = write()
    corrupt(path, group=2, column=3)

    found, counts, kept = read()

    assert found == users(range(100), range(150, 300))
    assert counts == {"row group 2 can't be decoded": 50}
    assert [(row["file"], row["row"]) for row in kept] == [(str(path), "101")]
    assert kept[0]["content"]


def test_a_change_that_only_a_checksum_shows_is_damage(write, read):
    path = write(compression="none", write_page_checksum=True)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"u120", b"u999", 1))

    found, counts, _ = read()

    assert "u999" not in found
    assert counts == {"row group 2 can't be decoded": 50}


def test_rows_keep_their_numbers_after_a_corrupt_group(write, read):
    path = write()
    table = pq.read_table(path)
    items = pa.array([row if row != 299 else None for row in range(300)])
    pq.write_table(table.set_column(1, "i", items), path, row_group_size=GROUP_ROWS)
    corrupt(path, group=0)

    _, counts, kept = read()

    assert counts == {"row group 0 can't be decoded": 50, "'i' is missing": 1}
    assert [row["row"] for row in kept] == ["1", "300"]


@pytest.mark.parametrize("early_rows", [1, 2**30], ids=["early", "at the end"])
def test_too_many_lost_rows_are_an_error_that_names_the_group(
    write, read, tmp_path, monkeypatch, early_rows
):
    monkeypatch.setattr(limits, "EARLY_ROWS", early_rows)
    write("1.parquet")
    path = write("2.parquet", first=300)
    corrupt(path, group=3)
    num_rows = 500 if early_rows == 1 else 600
    text = (
        f"At most 1.00% of the log's rows may be unusable. Received: 50 of {num_rows} "
        f"rows read, 50 of them in '{path}', row group 3. Most frequent: row group 3 "
        "can't be decoded, on 50"
    )

    with pytest.raises(SchemaError, match=f"^{re.escape(text)}"):
        read(max_fraction=0.01)
    assert (tmp_path / "rejected.csv").exists()


def test_a_file_cut_short_is_an_error(write, read):
    write("1.parquet")
    path = write("2.parquet")
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(
        ArtifactError, match=re.escape(f"'{path}' must be a readable parquet file.")
    ):
        read()


def test_a_file_without_rows_has_none(write, read):
    table = pq.read_table(write("1.parquet"))
    pq.write_table(table.slice(0, 0), write("2.parquet"))

    assert read() == (users(range(300)), {}, [])


def test_a_column_may_be_empty_in_one_file(write, read):
    path = write("2.parquet", first=300)
    table = pq.read_table(path)
    pq.write_table(table.set_column(1, "i", pa.nulls(300)), path)
    write("1.parquet")

    found, counts, _ = read()

    assert found == users(range(300))
    assert counts == {"'i' is missing": 300}
