"""Files that must not be read are refused by name."""

import gzip
import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mtl_rec.config.data import Table
from mtl_rec.data.reading import open_table
from mtl_rec.errors import ArtifactError, SchemaError


def open_path(path):
    return open_table(Table(kind="table", path=str(path)))


def test_a_bad_number_names_its_column_and_value(tmp_path, open_file):
    rows = "user_id,price,click,purchase,part\nu1,1.5,0,0,train\nu2,cheap,1,0,train\n"
    (tmp_path / "rows.csv").write_text(rows)
    text = "Column 'price' of feature 'price' must hold numbers. Received: 'cheap'."

    with pytest.raises(SchemaError, match=re.escape(text)):
        list(open_file(tmp_path / "rows.csv").train)


def test_a_bad_label_names_its_column_and_value(tmp_path, open_file):
    rows = "user_id,price,click,purchase,part\nu1,1.5,yes,0,train\n"
    (tmp_path / "rows.csv").write_text(rows)
    text = (
        "Column 'click' of the label of task 'click' must hold numbers. "
        "Received: 'yes'."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        list(open_file(tmp_path / "rows.csv").train)


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_a_header_without_rows_is_refused(write, name):
    path = write(name, {"x": pa.array([], pa.int64())})
    text = f"'{path}' must hold rows. Received: a header only."

    with pytest.raises(ArtifactError, match=re.escape(text)):
        open_path(path)


def test_repeated_column_names_are_refused(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("id,price,id\n1,2,3\n")
    text = (
        f"'{path}' must have columns of different names. "
        "Received more than once: ['id']."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        open_path(path)


def test_repeated_column_names_of_parquet_are_refused(tmp_path):
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], ["id", "id"]), path)

    with pytest.raises(SchemaError, match="Received more than once"):
        open_path(path)


def test_damaged_parquet_is_named(tmp_path):
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"not parquet at all")
    text = f"'{path}' must be a readable parquet file. Received: Parquet magic bytes"

    with pytest.raises(ArtifactError, match=re.escape(text)):
        open_path(path)


def test_parquet_damaged_past_its_header_is_named(tmp_path):
    path = tmp_path / "rows.parquet"
    table = pa.table({"x": np.random.default_rng(0).random(1000)})
    pq.write_table(table, path, use_dictionary=False, compression="zstd")
    damaged = bytearray(path.read_bytes())
    damaged[20:4000] = bytes(3980)
    path.write_bytes(bytes(damaged))
    table = open_path(path)

    with pytest.raises(ArtifactError, match=f"'{path}' must be a readable parquet"):
        list(table.batches(["x"], 10))


def test_a_truncated_archive_is_named(tmp_path):
    path = tmp_path / "rows.csv.gz"
    lines = b"".join(b"%d,%d\n" % (n, n * n) for n in range(200_000))
    path.write_bytes(gzip.compress(b"id,x\n" + lines)[:200_000])
    table = open_path(path)

    with pytest.raises(ArtifactError, match=f"'{path}' must be a readable csv file"):
        list(table.batches(["x"], 10))


def test_a_line_with_too_many_fields_is_quoted_with_its_number_on_any_machine(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("id,x\n1,2\n3,4,5\n")
    text = (
        f"'{path}' must be a readable csv file. Received: CSV parse error: "
        "Row #3: Expected 2 columns, got 3: 3,4,5."
    )
    threads = pa.cpu_count()

    try:
        for number in (1, 2):
            pa.set_cpu_count(number)
            with pytest.raises(ArtifactError, match=re.escape(text)):
                list(open_path(path).batches(["x"], 10))
    finally:
        pa.set_cpu_count(threads)


def test_bytes_that_are_not_utf8_are_refused(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("id,x\ncaf\u00e9,1\n".encode("latin-1"))

    with pytest.raises(ArtifactError, match="must be a readable csv file"):
        list(open_path(path).batches(["id"], 10))
