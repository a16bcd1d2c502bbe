"""What is known of items and users beside the log."""

import re

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from mtl_rec.config.events import Events
from mtl_rec.config.log_parts import Label, SideTable
from mtl_rec.data.events.reading.side_tables import ALWAYS, read_side_table
from mtl_rec.errors import ArtifactError, SchemaError

ITEMS = pa.table(
    {"id": [10, 2, 10], "since": [5, 0, 3], "brand": ["b", None, "a"], "x": [1, 2, 3]}
)


@pytest.fixture
def read(tmp_path):
    """Writes tables as files, and reads them as one."""

    def read_tables(*tables, ending="parquet", log=None, **changes) -> pa.Table:
        for number, table in enumerate(tables):
            path = tmp_path / f"items/{number}.{ending}"
            path.parent.mkdir(exist_ok=True)
            writer = pacsv.write_csv if ending == "csv" else pq.write_table
            writer(table, path)
        declared = {
            "path": str(tmp_path / "items"),
            "key": "id",
            "columns": ("brand",),
            "valid_from": "since",
        }
        rules = Events(
            kind="events",
            path="log",
            event_types={"view": "view"},
            window_hours=1,
            labels={"click": Label(events=("view",))},
            **(log or {}),
        )
        return read_side_table(SideTable(**(declared | changes)), "items", rules)

    return read_tables


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_rows_are_in_order_of_key_and_time(read, ending):
    assert read(ITEMS, ending=ending).to_pydict() == {
        "key": ["10", "10", "2"],
        "valid_from": [3_000_000, 5_000_000, 0],
        "brand": ["a", "b", None],
    }


def test_rows_that_hold_always_hold_from_the_start(read):
    table = read(ITEMS.slice(1), valid_from=None, columns=("x", "brand"))

    assert table.schema.types == [pa.string(), pa.int64(), pa.int64(), pa.string()]
    assert table.to_pydict() == {
        "key": ["10", "2"],
        "valid_from": [ALWAYS, ALWAYS],
        "x": [3, 2],
        "brand": ["a", None],
    }


def test_times_are_written_as_in_the_log(read):
    table = ITEMS.set_column(1, "since", pa.array(["01.02.1970"] * 3)).slice(1)

    rules = {"time_format": "%d.%m.%Y", "timezone": "Asia/Tokyo"}
    starts = read(table, log=rules)["valid_from"].to_pylist()

    assert starts == [(31 * 24 - 9) * 3_600_000_000] * 2
    assert read(ITEMS, log={"time_unit": "ms"})["valid_from"][0].as_py() == 3000


def test_all_files_are_one_table(read):
    empty = ITEMS.slice(0, 1).set_column(2, "brand", pa.nulls(1))

    assert read(empty, ITEMS.slice(1))["brand"].to_pylist() == ["a", None, None]


def test_dictionaries_are_read_out(read):
    brands = ITEMS["brand"].dictionary_encode()

    table = read(ITEMS.set_column(2, "brand", brands))

    assert table["brand"].type == pa.string()


def test_missing_columns_are_all_named(read, tmp_path):
    text = (
        f"'{tmp_path}/items/0.parquet' has no column 'key' for `data.source.items`. "
        f"'{tmp_path}/items/0.parquet' has no column 'brnd' for `data.source.items`. "
        "Did you mean 'brand'?"
    )
    with pytest.raises(SchemaError, match=f"^{re.escape(text)}$"):
        read(ITEMS, key="key", columns=("x", "brnd"))


@pytest.mark.parametrize("value", ["", "  ", None, "a\nb"])
def test_rows_without_a_key_are_refused(read, value):
    keys = pa.array(["a", value, value])
    text = (
        "Column 'id' of `data.source.items` must hold an id on every row. Received: "
        "none on 2 of 3 rows. Remove them or give them one."
    )
    with pytest.raises(SchemaError, match=f"^{re.escape(text)}$"):
        read(ITEMS.set_column(0, "id", keys))


def test_rows_without_a_time_are_refused(read):
    times = pa.array(["2020-01-01", "soon", None])
    text = (
        "Column 'since' of `data.source.items` must hold a time on every row. "
        "Received: none that can be read on 2 of 3 rows, such as 'soon'."
    )
    with pytest.raises(SchemaError, match=f"^{re.escape(text)}$"):
        read(ITEMS.set_column(1, "since", times))


@pytest.mark.parametrize(
    ("place", "name", "text"),
    [
        (0, "id", "must hold text or whole numbers. Received: bool."),
        (1, "since", "must hold times. Received: bool."),
    ],
)
def test_columns_of_other_types_are_refused(read, place, name, text):
    table = ITEMS.set_column(place, name, pa.array([True, False, True]))

    with pytest.raises(
        SchemaError, match=re.escape(f"Column '{name}' of `data.source.items` {text}")
    ):
        read(table)


@pytest.mark.parametrize(
    ("valid_from", "once", "advice"),
    [
        ("since", "each key once for each time", "Keep one of them."),
        (
            None,
            "each key once",
            "Keep one of them, or name as `valid_from` the column of the time from "
            "which each holds.",
        ),
    ],
)
def test_a_row_that_holds_at_the_time_of_another_is_refused(
    read, valid_from, once, advice
):
    text = (
        f"`data.source.items` must hold {once}. Received: 2 rows of '10' in column "
        f"'id', the first of 1 such keys. {advice}"
    )
    with pytest.raises(SchemaError, match=f"^{re.escape(text)}$"):
        read(*[ITEMS, ITEMS.slice(2)][: 2 if valid_from else 1], valid_from=valid_from)


def test_files_of_different_types_are_refused(read):
    other = ITEMS.set_column(2, "brand", pa.array([1, 2, 3]))

    with pytest.raises(SchemaError, match="must have columns of the same types"):
        read(ITEMS, other)


@pytest.mark.parametrize(
    ("ending", "error"), [("parquet", SchemaError), ("csv", ArtifactError)]
)
@pytest.mark.parametrize("name", ["id", "brand"])
def test_bytes_that_are_not_text_are_refused(read, tmp_path, ending, error, name):
    place = ITEMS.column_names.index(name)
    damaged = pa.array([b"\xff", b"a", b"c"]).view(pa.string())
    if ending == "parquet":
        with pytest.raises(error, match="must be valid UTF-8"):
            read(ITEMS.set_column(place, name, damaged))
    else:
        read(ITEMS, ending="csv")
        file = tmp_path / "items/0.csv"
        file.write_bytes(file.read_bytes() + b"\xff,0,\xff,1\n")
        with pytest.raises(error, match=r"invalid start byte|invalid UTF8"):
            read(ending="csv")
