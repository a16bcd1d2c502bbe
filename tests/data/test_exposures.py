"""The three streams of a run."""

import re

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.config.data import Data
from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.data import open_exposures
from mtl_rec.errors import SchemaError
from mtl_rec.schema.rows import canonical

FEATURES = (
    Categorical(kind="categorical", name="user", column="user_id", side="user"),
    Numeric(kind="numeric", name="price", side="item"),
)
TASKS = (Task(name="click"), Task(name="buy", label="purchase", after="click"))


def test_chunks_are_canonical_rows_of_their_part(write, open_file, shop):
    splits = open_file(write("rows.csv", shop), features=FEATURES, tasks=TASKS)
    rows = pa.table(shop)
    mask = pa.array([part == "train" for part in shop["part"]])

    (chunk,) = splits.train

    assert chunk.equals(canonical(rows.filter(mask), FEATURES, TASKS))
    assert chunk.column_names == ["user", "price", "click", "buy"]


def test_streams_have_names(write, open_file, shop):
    splits = open_file(write("rows.csv", shop))

    names = [s.name for s in (splits.train, splits.validation, splits.test)]

    assert names == ["train", "validation", "test"]


def test_a_stream_starts_over_each_time(write, open_file, shop):
    train = open_file(write("rows.csv", shop)).train

    assert [c.to_pylist() for c in train] == [c.to_pylist() for c in train]


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_chunks_are_full_and_in_one_piece(write, open_file, shop, name):
    path = write(name, shop)

    chunks = list(open_file(path, chunk_rows=4).train)

    assert [chunk.num_rows for chunk in chunks] == [4, 2]
    assert {c.num_chunks for chunk in chunks for c in chunk.columns} == {1}


@pytest.mark.parametrize("chunk_rows", [1, 3, 64, 1000])
@pytest.mark.parametrize(
    "split",
    [
        {"kind": "random"},
        {"kind": "user", "column": "user_id"},
        {"kind": "time", "column": "price"},
    ],
    ids=lambda split: split["kind"],
)
def test_rows_do_not_depend_on_the_size_of_chunks(write, open_file, split, chunk_rows):
    rng = np.random.default_rng(0)
    click = rng.integers(0, 2, 200)
    path = write(
        "rows.parquet",
        {
            "user_id": rng.integers(0, 50, 200),
            "price": rng.integers(0, 90, 200),
            "click": click,
            "purchase": click * rng.integers(0, 2, 200),
        },
        row_group_size=70,
    )
    parts = ("train", "validation", "test")

    def rows(**data):
        splits = open_file(path, split, **data)
        return [
            pa.concat_tables(list(getattr(splits, part))).to_pylist() for part in parts
        ]

    small = rows(chunk_rows=chunk_rows)

    assert small == rows()
    assert sum(map(len, small)) == 200


def test_a_column_may_be_read_as_feature_and_split(write, open_file, shop):
    feature = Categorical(kind="categorical", name="part", side="context")

    (chunk,) = open_file(write("rows.csv", shop), features=(feature,)).test

    assert chunk["part"].to_pylist() == ["test", "test"]


def test_numbers_that_are_missing_or_infinite_are_fine(write, open_file, shop):
    shop["price"] = [None, float("nan"), float("inf"), *shop["price"][3:]]

    (chunk,) = open_file(write("rows.parquet", shop)).train

    assert np.isnan(chunk["price"][0].as_py())


def test_missing_columns_are_listed_before_rows_are_read(tmp_path, open_file):
    path = tmp_path / "rows.csv"
    path.write_text("user_id,prise,click,part\ndamaged\n")
    text = (
        "The data has no column 'price' for feature 'price'. Did you mean 'prise'? "
        "The data has no column 'purchase' for the label of task 'purchase'. "
        "Did you mean 'prise'? Columns: ['click', 'part', 'prise', 'user_id']. "
        "Add what is missing to the "
        f"data, name it with `column`, or remove it from the config. Read: '{path}'."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        open_file(path)


def test_every_file_must_have_the_columns(write, open_file, shop):
    write("days/1.csv", shop)
    path = write("days/2.csv", {n: c for n, c in shop.items() if n != "price"})

    with pytest.raises(SchemaError, match=re.escape(f"Read: '{path}'.")):
        open_file(path.parent)


def test_a_missing_split_column_is_refused_before_rows_are_read(tmp_path, open_file):
    path = tmp_path / "rows.csv"
    path.write_text("user_id,price,click,purchase,prt\ndamaged\n")
    text = (
        f"`data.split.column` must name a column of '{path}'. Received: 'part'. "
        "Did you mean 'prt'?"
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        open_file(path)


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_an_empty_part_is_refused_at_the_end_of_any_stream(
    write, open_file, shop, part
):
    shop["part"] = ["train"] * 6 + ["test"] * 4
    splits = open_file(write("rows.csv", shop))
    text = (
        "`data.split` must leave rows for validation. Received: train 6, validation 0, "
        "test 4 rows. Change the split or add data."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        list(getattr(splits, part))


def test_labels_are_checked_at_the_end_of_a_stream(write, open_file, shop):
    shop["purchase"][9] = 1
    chunks = iter(open_file(write("rows.csv", shop)).train)

    assert next(chunks).num_rows == 6
    with pytest.raises(SchemaError, match="`purchase` is 1 on 1 of 4 rows where"):
        next(chunks)


def test_held_out_parts_are_not_searched_for_answers(write, open_file, shop):
    shop["purchase"] = [1, 0, 0, 0, 0] * 2
    shop["click"] = [1, 1, 0, 0, 0] * 2
    shop["said"] = [str(click) for click in shop["click"]]
    feature = Categorical(kind="categorical", name="said", side="context")
    splits = open_file(write("rows.csv", shop), features=(feature,))

    list(splits.validation)
    with pytest.raises(SchemaError, match="The model would see the answer"):
        list(splits.train)


def test_the_simulated_shop_streams_like_a_file():
    data = Data.model_validate(
        {
            "source": {
                "kind": "synthetic_shop",
                "num_exposures": 3000,
                "num_users": 100,
                "num_items": 100,
            },
            "split": {"kind": "time", "column": "timestamp"},
            "chunk_rows": 1000,
        }
    )

    splits = open_exposures(data, FEATURES, (Task(name="click"),))

    sizes = [sum(c.num_rows for c in s) for s in vars(splits).values()]
    assert sizes == pytest.approx([2100, 300, 600], abs=10)
