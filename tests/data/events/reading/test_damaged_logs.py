"""Logs with known damage: exact counts, and every good row as it was."""

import re
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtl_rec.config.events import Events
from mtl_rec.config.log_parts import EventColumns, Label
from mtl_rec.data.events.reading.events import read_events
from mtl_rec.data.events.reading.rejected import RejectedRows
from mtl_rec.errors import SchemaError

NUM_ROWS = 1000
NAMES = ("u", "i", "e", "t", "c")
MALFORMED = "the line does not have 5 fields"

# By what is done to a row: its fields, and the reason that must be counted.
FIELD_DAMAGE = {
    "no user": ({"u": None}, "'u' is missing"),
    "blank user": ({"u": b"  "}, "'u' is missing"),
    "no item": ({"i": None}, "'i' is missing"),
    "no type": ({"e": None}, "'e' is missing"),
    "new type": ({"e": b"hover"}, "'e' is 'hover', which `event_types` does not name"),
    "no time": ({"t": None}, "'t' is missing"),
    "text as time": ({"t": b"soon"}, "'t' can't be read as a time"),
    "huge time": ({"t": b"9" * 30}, "'t' can't be read as a time"),
    "early": ({"t": b"-1"}, "'t' is before `starts`"),
    "bad user": ({"u": b"\xff\xfe"}, "'u' is not valid UTF-8"),
    "bad time": ({"t": b"1\xc3"}, "'t' is not valid UTF-8"),
    "bad category": ({"c": b"\xe4\xb8"}, "'c' is not valid UTF-8"),
}
LINE_DAMAGE = {
    "extra field": lambda line: line + b",1",
    "cut": lambda line: line[: line.index(b",")],
    "cut with bad bytes": lambda line: b"\xff" + line[: line.index(b",")],
    "zeros": lambda line: b"\x00" * len(line),
}


def good_row(row: int) -> dict[str, bytes]:
    return {
        "u": b"u%d" % (row % 7),
        "i": f"商品{row}".encode(),
        "e": [b"pv", b"buy"][row % 2],
        "t": b"%d" % row,
        "c": b"x",
    }


def event(row: int) -> tuple:
    return f"u{row % 7}", f"商品{row}", row % 2, row * 1_000_000, "x"


def damaged_rows(damage: dict[int, str]) -> list[dict[str, bytes | None]]:
    return [
        good_row(row) | FIELD_DAMAGE.get(damage.get(row, ""), ({}, ""))[0]
        for row in range(NUM_ROWS)
    ]


def read(path, max_fraction=0.05) -> tuple[list[tuple], Counter]:
    log = Events(
        kind="events",
        path=str(path),
        columns=EventColumns(user="u", item="i", event="e", time="t"),
        item_columns=("c",),
        event_types={"pv": "view", "buy": "buy"},
        starts="1970-01-01",
        window_hours=1,
        labels={"click": Label(events=("view",))},
        quoted=False,
    )
    with RejectedRows(path.parent / "rejected.csv", max_fraction) as rejected:
        events = pa.concat_tables(read_events(log, rejected))
    assert rejected.num_rows == NUM_ROWS
    return list(zip(*events.to_pydict().values(), strict=True)), rejected.counts


def damage_of(kinds):
    rows = st.integers(0, NUM_ROWS - 1)
    return st.dictionaries(
        rows, st.sampled_from(sorted(kinds)), min_size=1, max_size=50
    )


def expected(damage: dict[int, str]) -> tuple[list[tuple], Counter]:
    reasons = [
        FIELD_DAMAGE[kind][1] if kind in FIELD_DAMAGE else MALFORMED
        for kind in damage.values()
    ]
    return [event(row) for row in range(NUM_ROWS) if row not in damage], Counter(
        reasons
    )


def write_csv(path, damage: dict[int, str]) -> None:
    rows = [
        b",".join(value or b"" for value in row.values())
        for row in damaged_rows(damage)
    ]
    for row, kind in damage.items():
        if kind in LINE_DAMAGE:
            rows[row] = LINE_DAMAGE[kind](rows[row])
    path.write_bytes(b"\n".join([",".join(NAMES).encode(), *rows]))


def write_parquet(path, damage: dict[int, str]) -> None:
    rows = damaged_rows(damage)
    columns = {
        # Nobody checks the bytes: the file says that they are text.
        name: pa.array([row[name] for row in rows], pa.binary()).view(pa.string())
        for name in NAMES
    }
    pq.write_table(pa.table(columns), path, row_group_size=300)


many = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@many
@given(damage=damage_of({**FIELD_DAMAGE, **LINE_DAMAGE}))
def test_damage_of_a_csv_is_counted_and_nothing_else_is_lost(tmp_path, damage):
    write_csv(tmp_path / "log.csv", damage)

    assert read(tmp_path / "log.csv") == expected(damage)


@many
@given(damage=damage_of(FIELD_DAMAGE))
def test_damage_of_parquet_is_counted_and_nothing_else_is_lost(tmp_path, damage):
    write_parquet(tmp_path / "log.parquet", damage)

    assert read(tmp_path / "log.parquet") == expected(damage)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_more_damage_than_is_allowed_stops_and_names_the_file(tmp_path, ending):
    damage = dict.fromkeys(range(0, 510, 10), "new type")
    path = tmp_path / f"log.{ending}"
    write_csv(path, damage) if ending == "csv" else write_parquet(path, damage)
    where = f"30 of them in '{path}', row group 0"
    if ending == "csv":
        where = f"51 of them in '{path}'"

    with pytest.raises(
        SchemaError,
        match=re.escape(
            f"At most 5.00% of the log's rows may be unusable. Received: 51 of 1000 "
            f"rows read, {where}. Most frequent: 'e' is 'hover', which `event_types` "
            "does not name, on 51 (such as row 1 of"
        ),
    ):
        read(path)
    assert len((tmp_path / "rejected.csv").read_text().splitlines()) == 52


def test_a_row_group_of_nothing_but_damage_is_kept(tmp_path):
    damage = dict.fromkeys(range(300, 600), "bad user")
    write_parquet(tmp_path / "log.parquet", damage)

    assert read(tmp_path / "log.parquet", max_fraction=0.3) == expected(damage)
