"""CSV and Parquet: types are never guessed, and rows are never all in memory."""

import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mtl_rec.config.data import Table
from mtl_rec.data.reading import open_table
from mtl_rec.errors import ArtifactError


def open_path(path):
    return open_table(Table(kind="table", path=str(path)))


def read(path, columns, max_rows=100):
    batches = list(open_path(path).batches(columns, max_rows))
    return {
        column: [v for batch in batches for v in batch.column(column).to_pylist()]
        for column in columns
    }


def test_ids_in_csv_keep_their_zeros(tmp_path):
    (tmp_path / "rows.csv").write_text("id,price\n007,1.50\n08,2\n")

    assert read(tmp_path / "rows.csv", ["id"]) == {"id": ["007", "08"]}


def test_empty_fields_of_csv_are_null(tmp_path):
    (tmp_path / "rows.csv").write_text('id,price\n,1\n"",\nNA,3\n')

    assert read(tmp_path / "rows.csv", ["id", "price"]) == {
        "id": [None, None, "NA"],
        "price": ["1", None, "3"],
    }


def test_quoted_fields_may_hold_commas_quotes_and_line_breaks(tmp_path):
    (tmp_path / "rows.csv").write_text('title,x\n"a, ""b""\nc",1\n')

    assert read(tmp_path / "rows.csv", ["title"]) == {"title": ['a, "b"\nc']}


def test_a_line_break_on_the_edge_of_a_block_is_kept(tmp_path):
    title = '"' + "long\n" * 5 + '"'
    (tmp_path / "rows.csv").write_text("title,x\n" + f"{title},1\n" * 60_000)

    titles = read(tmp_path / "rows.csv", ["title"], 10_000)["title"]

    assert set(titles) == {"long\n" * 5}
    assert len(titles) == 60_000


def test_a_byte_order_mark_is_not_part_of_a_name(tmp_path):
    (tmp_path / "rows.csv").write_text("id,x\n1,2\n", encoding="utf-8-sig")

    assert open_path(tmp_path / "rows.csv").headers == {
        str(tmp_path / "rows.csv"): ["id", "x"]
    }
    assert read(tmp_path / "rows.csv", ["id"]) == {"id": ["1"]}


def test_gzipped_csv_is_read(tmp_path):
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress(b"id,x\n1,2\n"))

    assert read(tmp_path / "rows.csv.gz", ["x"]) == {"x": ["2"]}


def test_columns_of_parquet_named_with_dots_are_read(write):
    path = write("rows.parquet", {"user": [1], "user.id": [2]})

    assert read(path, ["user"]) == {"user": [1]}
    assert read(path, ["user.id", "user"]) == {"user.id": [2], "user": [1]}


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_batches_have_at_most_the_rows_asked_for(write, name):
    path = write(name, {"x": list(range(10))})

    sizes = [batch.num_rows for batch in open_path(path).batches(["x"], 4)]

    assert sizes == [4, 4, 2]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_memory_follows_the_batch_not_the_file(tmp_path, ending):
    path = tmp_path / f"rows.{ending}"
    if ending == "csv":
        path.write_bytes(b"x,y,z\n" + b"1234567,2345678,3456789\n" * 3_000_000)
    else:
        columns = {name: np.arange(3_000_000) for name in "xyz"}
        pq.write_table(  # one row group, which is not read whole
            pa.table(columns), path, compression="none", row_group_size=3_000_000
        )
    before, peak, num_rows = pa.total_allocated_bytes(), 0, 0

    for batch in open_path(path).batches(["x", "y", "z"], 1000):
        num_rows += batch.num_rows
        peak = max(peak, pa.total_allocated_bytes() - before)

    assert num_rows == 3_000_000
    assert peak < 0.8 * path.stat().st_size


def test_a_chunk_does_not_wait_for_what_comes_after_it(tmp_path, write, open_file):
    columns = {"user_id": ["u"], "price": [1], "click": [1], "purchase": [0]}
    write("days/1.csv", columns | {"part": ["train"]})
    (tmp_path / "days/2.csv").write_text("user_id,price,click,purchase,part\ndamaged\n")
    chunks = iter(open_file(tmp_path / "days", chunk_rows=1).train)

    assert next(chunks)["user_id"].to_pylist() == ["u"]
    with pytest.raises(ArtifactError, match=r"2\.csv"):
        next(chunks)
