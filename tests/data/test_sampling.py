"""Streams keep what the data says of sampling, and mark a thinned table's rows."""

import math
import re

import pyarrow as pa
import pytest

from mtl_rec.config.data import Data
from mtl_rec.config.tasks import Task
from mtl_rec.data import open_exposures
from mtl_rec.errors import SchemaError

COLUMNS = ["is_sampled", "log_sampling_rate"]


@pytest.fixture
def sampled(shop):
    """The rows without a click were sampled, one of four."""
    sampled = [not click for click in shop["click"]]
    return {**shop, "is_sampled": sampled, "log_sampling_rate": [math.log(0.25)] * 10}


@pytest.fixture
def open_thinned():
    def open_path(path, tasks=None):
        source = {"kind": "table", "path": str(path), "kept_negatives": 0.25}
        split = {"kind": "column", "column": "part"}
        tasks = tasks or (Task(name="purchase"),)
        data = Data.model_validate({"source": source, "split": split, "chunk_rows": 4})
        return open_exposures(data, (), tasks)

    return open_path


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_the_columns_of_the_data_are_read(write, open_file, sampled, name):
    splits = open_file(write(name, sampled), chunk_rows=4)

    train = pa.concat_tables(list(splits.train))

    assert train.column_names[-2:] == COLUMNS
    assert train["is_sampled"].to_pylist() == [
        not click for click in train["click"].to_pylist()
    ]
    assert set(train["log_sampling_rate"].to_pylist()) == {math.log(0.25)}


def test_one_of_the_columns_says_nothing(write, open_file, sampled):
    del sampled["is_sampled"]

    (chunk,) = open_file(write("rows.csv", sampled)).train

    assert not set(COLUMNS) & set(chunk.column_names)


def test_files_of_both_sorts_are_refused(write, open_file, sampled, shop):
    write("days/1.csv", sampled)
    path = write("days/2.csv", shop)
    text = (
        "All files must have the columns ['is_sampled', 'log_sampling_rate'], or none. "
        f"Received: '{path}' without them, others with them."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        open_file(path.parent)


def test_rows_of_a_thinned_table_are_marked(write, open_thinned, shop):
    chunks = list(open_thinned(write("rows.csv", shop)).train)

    assert [chunk.num_rows for chunk in chunks] == [4, 2]
    train = pa.concat_tables(chunks)
    assert train.column_names == ["purchase", *COLUMNS]
    assert train["purchase"].to_pylist() == [1, 0, 0, 0, 0, 0]
    assert train["is_sampled"].to_pylist() == [False, True, True, True, True, True]
    assert train["log_sampling_rate"].to_pylist() == [math.log(0.25)] * 6


def test_the_mark_follows_the_first_event(write, open_thinned, shop):
    splits = open_thinned(
        write("rows.csv", shop),
        (Task(name="click"), Task(name="buy", after="click", label="purchase")),
    )

    (chunk,) = splits.test

    assert chunk["is_sampled"].to_pylist() == [False, True]


def test_a_table_that_is_marked_must_not_be_called_thinned(
    write, open_thinned, sampled
):
    text = "`data.source.kept_negatives` must not be given for rows that say themselves"

    with pytest.raises(SchemaError, match=re.escape(text)):
        open_thinned(write("rows.csv", sampled))


def test_a_thinned_table_needs_one_first_event(write, open_thinned, shop):
    path = write("rows.csv", shop)

    with pytest.raises(SchemaError, match="need exactly one task without `after`"):
        open_thinned(path, (Task(name="click"), Task(name="purchase")))
