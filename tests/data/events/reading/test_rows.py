"""Which rows are events, and what is said of the others."""

import csv
import datetime as dt
import json

import pandas as pd
import pyarrow as pa
import pytest

from mtl_rec.config.events import Events
from mtl_rec.config.log_parts import EventColumns, Label
from mtl_rec.data.events.reading.events import events_from_rows
from mtl_rec.data.events.reading.rejected import RejectedRows
from mtl_rec.errors import SchemaError

GOOD = {"u": "anna", "i": "7", "e": "pv", "t": 10, "brand": "x", "page": "home"}
FIRST = GOOD | {"u": "first"}
LAST = GOOD | {"u": "last", "e": "buy"}


def a_log(**settings) -> Events:
    required = {
        "kind": "events",
        "path": "log",
        "columns": EventColumns(user="u", item="i", event="e", time="t"),
        "item_columns": ("brand",),
        "context_columns": ("page",),
        "event_types": {"pv": "view", "buy": "buy", "pay": "buy"},
        "max_rejected_fraction": 1,
        "window_hours": 1,
        "labels": {"click": Label(events=("view",))},
    }
    return Events(**(required | settings))


@pytest.fixture
def read(tmp_path):
    """Reads rows; gives the events and what is rejected: number, reason, content."""

    def read_rows(rows, **settings) -> tuple[pa.Table, list[tuple]]:
        log = a_log(**settings)
        path = tmp_path / "rejected.csv"
        with RejectedRows(path, log.max_rejected_fraction) as rejected:
            events = pa.concat_tables(events_from_rows(rows, log, rejected))
        assert rejected.num_rows == len(rows)
        assert rejected.num_rejected == len(rows) - events.num_rows
        if not path.exists():
            return events, []
        with path.open(encoding="utf-8", newline="") as file:
            kept = [
                (int(row["row"]), row["reason"], json.loads(row["content"]))
                for row in csv.DictReader(file)
            ]
        return events, kept

    return read_rows


def test_events_have_four_columns_and_then_their_own(read):
    events, kept = read(pa.Table.from_pylist([GOOD, LAST]))

    assert kept == []
    assert events.schema == pa.schema(
        [
            ("user", pa.string()),
            ("item", pa.string()),
            ("event", pa.int8()),
            ("time", pa.int64()),
            ("brand", pa.string()),
            ("page", pa.string()),
        ]
    )
    assert list(events.to_pylist()[1].values()) == [
        *("last", "7", 1, 10_000_000),
        *("x", "home"),
    ]


def test_two_words_may_mean_one_event(read):
    words = ["pay", "buy", "pv"]
    rows = pa.Table.from_pylist([GOOD | {"e": word} for word in words])

    assert read(rows)[0]["event"].to_pylist() == [1, 1, 0]


def test_columns_keep_their_types_out_of_dictionaries(read):
    rows = pa.Table.from_pylist([GOOD, GOOD])
    rows = rows.set_column(4, "brand", [pa.array(["x", None]).dictionary_encode()])
    rows = rows.set_column(5, "page", [pa.array([1.5, float("nan")])])

    events, _ = read(rows)

    assert events["brand"].to_pylist() == ["x", None]
    assert events.schema.field("brand").type == pa.string()
    assert events.schema.field("page").type == pa.float64()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ({"u": None}, "'u' is missing"),
        ({"u": " "}, "'u' is missing"),
        ({"i": ""}, "'i' is missing"),
        ({"i": "7\n8"}, "'i' is not an id"),
        ({"e": None}, "'e' is missing"),
        ({"e": "cart"}, "'e' is 'cart', which `event_types` does not name"),
        ({"e": "PV"}, "'e' is 'PV', which `event_types` does not name"),
        ({"e": "z" * 41}, f"'e' is '{'z' * 40}', which `event_types` does not name"),
        ({"t": None}, "'t' is missing"),
        ({"t": 2**62}, "'t' can't be read as a time"),
        ({"t": 9}, "'t' is before `starts`"),
        ({"t": 20}, "'t' is not before `ends`"),
        ({"e": "cart", "t": None, "i": " "}, "'i' is missing"),
    ],
)
def test_a_row_is_rejected_for_the_first_thing_that_is_wrong(read, damage, reason):
    rows = pa.Table.from_pylist([FIRST, GOOD | damage, LAST])
    starts, ends = (dt.datetime(1970, 1, 1, 0, 0, second) for second in (10, 20))

    events, kept = read(rows, starts=starts, ends=ends)

    content = {k: None if v is None else str(v) for k, v in (GOOD | damage).items()}
    assert kept == [(2, reason, content)]
    assert events["user"].to_pylist() == ["first", "last"]
    assert events["event"].to_pylist() == [0, 1]


@pytest.mark.parametrize(
    ("kind", "value"), [(pa.float64(), 1.5), (pa.float64(), float("inf"))]
)
@pytest.mark.parametrize("column", ["u", "i"])
def test_a_number_that_is_no_id_rejects_its_row(read, column, kind, value):
    rows = pa.Table.from_pylist([GOOD, GOOD])
    place = rows.column_names.index(column)
    rows = rows.set_column(place, column, pa.array([3.0, value], kind))

    events, kept = read(rows)

    assert [row[:2] for row in kept] == [(2, f"'{column}' is not an id")]
    assert events[{"u": "user", "i": "item"}[column]].to_pylist() == ["3"]


@pytest.mark.parametrize("column", ["u", "i", "e", "t", "brand", "page"])
def test_bytes_that_are_not_text_reject_their_row(read, column):
    rows = pa.Table.from_pylist([GOOD | {"t": "10"}] * 2)
    place = rows.column_names.index(column)
    good = GOOD[column] if column != "t" else "10"
    damaged = pa.array([b"\xff", good.encode()]).view(pa.string())

    events, kept = read(rows.set_column(place, column, damaged))

    assert [row[:2] for row in kept] == [(1, f"'{column}' is not valid UTF-8")]
    assert kept[0][2][column] == "\\xff"
    assert events.num_rows == 1


def test_event_types_may_be_numbers(read):
    rows = pa.Table.from_pylist([GOOD | {"e": kind} for kind in (2, 0, 5, None)])

    events, kept = read(rows, event_types={"0": "view", "2": "buy"})

    assert events["event"].to_pylist() == [1, 0]
    assert [row[1] for row in kept] == [
        "'e' is '5', which `event_types` does not name",
        "'e' is missing",
    ]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai"])
def test_the_log_begins_and_ends_in_its_own_zone(read, zone):
    times = ["1999-12-31 23:59:59", "2000-01-01", "2000-01-31 23:59:59", "2000-02-01"]
    rows = pa.Table.from_pylist([GOOD | {"t": time} for time in times])

    starts, ends = dt.datetime(2000, 1, 1), dt.datetime(2000, 2, 1)
    _, kept = read(rows, timezone=zone, starts=starts, ends=ends)

    assert [row[0] for row in kept] == [1, 4]


def test_a_start_with_a_zone_keeps_it(read):
    rows = pa.Table.from_pylist([GOOD | {"t": time} for time in (0, 3600)])
    zone = dt.timezone(dt.timedelta(hours=-1))

    starts = dt.datetime(1970, 1, 1, tzinfo=zone)
    _, kept = read(rows, timezone="Asia/Shanghai", starts=starts)

    assert [row[0] for row in kept] == [1]


def test_columns_without_any_value_reject_what_needs_one(read, tmp_path):
    for column in ("u", "i", "e", "t"):
        rows = pa.table({name: [value] for name, value in GOOD.items()})
        place = rows.column_names.index(column)
        with (
            pytest.raises(SchemaError, match="must hold usable events"),
            RejectedRows(tmp_path / "rejected.csv", 1) as rejected,
        ):
            list(
                events_from_rows(
                    rows.set_column(place, column, pa.nulls(1)), a_log(), rejected
                )
            )
        assert rejected.counts == {f"'{column}' is missing": 1}


def test_rows_that_python_has_no_words_for_are_kept_too(read):
    rows = pa.Table.from_pylist([GOOD, GOOD])
    never = pa.array([2**62, 0]).cast(pa.timestamp("s"))
    spans = pa.array([(1, 2, 3)] * 2, pa.month_day_nano_interval())
    rows = rows.set_column(3, "t", never).set_column(4, "brand", spans)

    _, kept = read(rows)

    assert [row[:2] for row in kept] == [(1, "'t' can't be read as a time")]
    assert kept[0][2]["brand"] == "MonthDayNano(months=1, days=2, nanoseconds=3)"


def test_a_frame_is_read_like_a_table(read):
    rows = [FIRST, GOOD | {"e": None}, LAST]

    events, kept = read(pd.DataFrame(rows))

    table_events, table_kept = read(pa.Table.from_pylist(rows))
    assert events.equals(table_events)
    assert [row[:2] for row in kept] == [row[:2] for row in table_kept]


def test_a_frame_whose_numbers_became_floats_has_the_same_ids(read):
    frame = pd.DataFrame([GOOD | {"i": 7}, GOOD | {"i": 2**53 - 1}, GOOD | {"i": None}])
    assert frame["i"].dtype == "float64"

    events, kept = read(frame)

    assert events["item"].to_pylist() == ["7", str(2**53 - 1)]
    assert [row[:2] for row in kept] == [(3, "'i' is missing")]


def test_rows_are_numbered_through_all_chunks(read, monkeypatch):
    monkeypatch.setattr("mtl_rec.data.events.reading.events.CHUNK_ROWS", 2)
    rows = pa.Table.from_pylist(
        [GOOD, GOOD, GOOD | {"e": "?"}, GOOD, GOOD | {"t": None}]
    )

    events, kept = read(rows)

    assert [row[0] for row in kept] == [3, 5]
    assert events.num_rows == 3


def test_no_rows_are_no_log(tmp_path):
    rows = pa.Table.from_pylist([GOOD]).slice(0, 0)
    text = "A log must hold usable events. Received: none on 0 rows."

    with (
        pytest.raises(SchemaError, match=text),
        RejectedRows(tmp_path / "rejected.csv", 1) as rejected,
    ):
        list(events_from_rows(rows, a_log(), rejected))
