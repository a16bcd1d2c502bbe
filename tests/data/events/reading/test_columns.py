"""A log's columns are the declared ones, or no row is read."""

import random

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtl_rec.config.events import Events
from mtl_rec.config.log_parts import EventColumns, Label
from mtl_rec.data.events.reading.events import events_from_rows, read_events
from mtl_rec.data.events.reading.rejected import RejectedRows
from mtl_rec.errors import SchemaError

NUM_ROWS = 300
TABLE = pa.table(
    {
        "u": [f"u{row % 7}" for row in range(NUM_ROWS)],
        "i": list(range(NUM_ROWS)),
        "e": ["pv", "buy", "?"] * (NUM_ROWS // 3),
        "t": list(range(NUM_ROWS)),
        "brand": ["x", None, ""] * (NUM_ROWS // 3),
        "page": [row / 8 for row in range(NUM_ROWS)],
        "session": ["s"] * NUM_ROWS,
    }
)
ADVICE = (
    " Name new columns in `item_columns`, `context_columns` or `ignored_columns` of "
    "`data.source`, and correct the names of missing ones."
)


def a_log(path, **changes) -> Events:
    declared = {
        "kind": "events",
        "path": str(path),
        "columns": EventColumns(user="u", item="i", event="e", time="t"),
        "item_columns": ("brand",),
        "context_columns": ("page",),
        "ignored_columns": ("session",),
        "event_types": {"pv": "view", "buy": "buy"},
        "window_hours": 1,
        "labels": {"click": Label(events=("view",))},
    }
    return Events(**(declared | changes))


def write(table: pa.Table, path) -> None:
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".csv":
        pacsv.write_csv(table, path)
    else:
        pq.write_table(table, path, row_group_size=100)


def read(path, **changes) -> pa.Table:
    with RejectedRows(path.parent / "rejected", 1) as rejected:
        return pa.concat_tables(read_events(a_log(path, **changes), rejected))


def problem(path, **changes) -> str:
    """What the log is refused for, before a row is asked for."""
    rejected = RejectedRows(path.parent / "rejected", 1)
    with pytest.raises(SchemaError) as raised:
        read_events(a_log(path, **changes), rejected)
    assert rejected.num_rows == 0
    return str(raised.value)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(names=st.permutations(TABLE.column_names))
def test_the_order_of_columns_has_no_effect(tmp_path, ending, names):
    write(TABLE, tmp_path / f"1.{ending}")
    write(TABLE.select(names), tmp_path / f"2.{ending}")

    expected, events = (read(tmp_path / f"{file}.{ending}") for file in (1, 2))

    assert events.schema.equals(expected.schema)
    assert events.equals(expected)
    assert events.num_rows == 200


def test_the_order_of_columns_in_memory_has_no_effect(tmp_path):
    tables = []
    for names in (TABLE.column_names, TABLE.column_names[::-1]):
        with RejectedRows(tmp_path / "rejected", 1) as rejected:
            chunks = events_from_rows(TABLE.select(names), a_log("in memory"), rejected)
            tables.append(pa.concat_tables(chunks))

    assert tables[0].equals(tables[1])


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("dropped", TABLE.column_names)
def test_a_missing_column_is_refused(tmp_path, ending, dropped):
    path = tmp_path / f"log.{ending}"
    write(TABLE.drop_columns([dropped]), path)

    assert problem(path) == (
        "A log's files must have exactly the declared columns, in any order. "
        f"Received: '{path}' lacks ['{dropped}'].{ADVICE}"
    )


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_column_that_nothing_declares_is_refused(tmp_path, ending):
    path = tmp_path / f"log.{ending}"
    write(TABLE.append_column("new", TABLE["u"]), path)

    assert problem(path) == (
        "A log's files must have exactly the declared columns, in any order. "
        f"Received: '{path}' has ['new'], which nothing declares.{ADVICE}"
    )
    assert read(path, ignored_columns=("session", "new")).num_rows == 200


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_renamed_column_is_recognised(tmp_path, ending):
    path = tmp_path / f"log.{ending}"
    names = [name.replace("brand", "brands") for name in TABLE.column_names]
    write(TABLE.rename_columns(names), path)

    assert problem(path) == (
        "A log's files must have exactly the declared columns, in any order. "
        f"Received: '{path}' lacks ['brand'] (Did you mean 'brands'?) and has "
        f"['brands'], which nothing declares.{ADVICE}"
    )


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_repeated_column_is_refused(tmp_path, ending):
    path = tmp_path / f"log.{ending}"
    names = [name.replace("session", "brand") for name in TABLE.column_names]
    write(TABLE.rename_columns(names), path)

    assert "has ['brand'] more than once" in problem(path, ignored_columns=())


def test_a_repeated_name_of_a_headless_file_is_refused(tmp_path):
    path = tmp_path / "log.csv"
    write(TABLE, path)

    header = (*TABLE.column_names[:-1], "session", "u")
    assert "has ['u'] more than once" in problem(path, header=header)


def test_all_files_are_compared_before_a_row_is_read(tmp_path):
    for day in range(4):
        write(TABLE, tmp_path / f"log/{day}.csv")
    write(TABLE.drop_columns(["page"]), tmp_path / "log/4.csv")
    write(TABLE.drop_columns(["page"]), tmp_path / "log/5.csv")
    write(TABLE.append_column("new", TABLE["u"]), tmp_path / "log/6.csv")

    assert (
        f"Received: '{tmp_path}/log/4.csv' and 1 more lacks ['page']; "
        f"'{tmp_path}/log/6.csv' has ['new'], which nothing declares."
    ) in problem(tmp_path / "log")


@pytest.mark.parametrize("name", ["u", "e", "t", "brand", "page"])
def test_a_column_that_changes_its_type_between_files_is_refused(tmp_path, name):
    place = TABLE.column_names.index(name)
    values = pa.array([1] * NUM_ROWS, pa.int32())
    write(TABLE, tmp_path / "log/1.parquet")
    write(TABLE.set_column(place, name, values), tmp_path / "log/2.parquet")

    assert problem(tmp_path / "log") == (
        f"Column '{name}' must have one type in all files. Received: "
        f"{TABLE[name].type} in '{tmp_path}/log/1.parquet', "
        f"int32 in '{tmp_path}/log/2.parquet'."
    )


@pytest.mark.parametrize(
    ("name", "kind", "allowed"),
    [
        ("u", pa.bool_(), "hold text or whole numbers"),
        ("i", pa.timestamp("s"), "hold text or whole numbers"),
        ("e", pa.list_(pa.string()), "hold text or whole numbers"),
        (
            "t",
            pa.bool_(),
            "hold numbers (of 64 bits if floats), dates, timestamps or text",
        ),
        (
            "t",
            pa.float32(),
            "hold numbers (of 64 bits if floats), dates, timestamps or text",
        ),
        ("brand", pa.list_(pa.string()), "not be nested"),
        ("page", pa.struct([("x", pa.int8())]), "not be nested"),
    ],
    ids=str,
)
def test_a_type_that_can_not_be_used_is_refused(tmp_path, name, kind, allowed):
    path = tmp_path / "log.parquet"
    place = TABLE.column_names.index(name)
    write(TABLE.set_column(place, name, pa.nulls(NUM_ROWS, kind)), path)
    kind = pq.read_schema(path).field(name).type

    assert (
        problem(path)
        == f"Column '{name}' must {allowed}. Received: {kind} in '{path}'."
    )


def test_what_is_ignored_may_be_of_any_type(tmp_path):
    path = tmp_path / "log.parquet"
    write(TABLE.set_column(6, "session", pa.nulls(NUM_ROWS, pa.list_(pa.int8()))), path)

    assert read(path).num_rows == 200


@pytest.mark.parametrize("name", ["brand", "page"])
def test_a_column_that_is_empty_in_a_file_has_the_type_of_the_others(tmp_path, name):
    place = TABLE.column_names.index(name)
    empty = TABLE.set_column(place, name, pa.nulls(NUM_ROWS))
    write(empty, tmp_path / "log/1.parquet")
    write(TABLE, tmp_path / "log/2.parquet")

    assert read(tmp_path / "log").schema.field(name).type == TABLE[name].type


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.dictionary(pa.int8(), pa.string())]
)
def test_text_has_one_type_however_it_is_stored(tmp_path, kind):
    values = TABLE["brand"].cast(pa.string())
    if pa.types.is_dictionary(kind):
        values = values.dictionary_encode()
    write(TABLE, tmp_path / "log/1.parquet")
    write(TABLE.set_column(4, "brand", values), tmp_path / "log/2.parquet")

    events = read(tmp_path / "log")

    assert events.slice(0, 200).equals(events.slice(200))


def test_damage_below_a_header_does_not_hide_it(tmp_path):
    path = tmp_path / "log.csv"
    write(TABLE, path)
    lines = path.read_bytes().splitlines(keepends=True)
    random.Random(0).shuffle(lines[1:])
    path.write_bytes(b"".join([*lines[:2], b"\xff\xfe\n", *lines[2:]]))

    assert read(path).num_rows == 200
