"""Rows of any kind become one table; what is missing or doubled is refused."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mtl_rec.config.features import Categorical, MultiCategorical, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.schema.rows import as_table, canonical, require_columns

FEATURES = (
    Categorical(kind="categorical", name="user", side="user", column="uid"),
    Numeric(kind="numeric", name="price", side="item"),
)
TASKS = (Task(name="click", label="clicked"),)


def error_of(rows, features=FEATURES, tasks=()) -> str:
    with pytest.raises(SchemaError) as raised:
        canonical(rows, features, tasks)
    return str(raised.value)


def assert_same(table: pa.Table, expected: pa.Table) -> None:
    """As `Table.equals`, but a missing number equals another."""
    assert table.schema == expected.schema
    np.testing.assert_equal(table.to_pydict(), expected.to_pydict())


@pytest.fixture
def frame() -> pd.DataFrame:
    """Two exposures in a frame, with columns that nobody asked for."""
    return pd.DataFrame(
        {"extra": [1, "a"], "uid": [7, 8], "price": [1.5, None], "clicked": [1, 0]}
    )


def test_columns_get_the_names_of_features_and_tasks(frame):
    table = canonical(frame, FEATURES, TASKS)

    assert table.to_pydict() == {
        "user": ["7", "8"],
        "price": [1.5, pytest.approx(float("nan"), nan_ok=True)],
        "click": [1.0, 0.0],
    }


def test_every_task_has_the_label_of_its_own_column(frame):
    tasks = (
        *TASKS,
        Task(name="buy", label="bought", after="click"),
        Task(name="value", after="buy", kind="regression"),
    )

    table = canonical(frame.assign(value=[2.5, 0.5], bought=[0, 1]), FEATURES, tasks)

    labels = {task.name: table[task.name].to_pylist() for task in tasks}
    assert labels == {"click": [1, 0], "buy": [0, 1], "value": [2.5, 0.5]}


def test_labels_are_only_read_when_asked_for(frame):
    assert canonical(frame.drop(columns="clicked"), FEATURES).column_names == [
        *("user", "price")
    ]


def test_frames_tables_and_batches_give_the_same(shop, features, tasks):
    table = pa.Table.from_pandas(shop)
    expected = canonical(shop, features, tasks)

    assert_same(canonical(table, features, tasks), expected)
    assert_same(canonical(table.to_batches()[0], features, tasks), expected)
    assert expected.num_rows == len(shop)


def test_frames_of_all_string_types_give_the_same(shop, features, tasks):
    expected = canonical(shop, features, tasks)

    for kind in ("category", "string", "object"):
        other = shop.astype({"brand": kind, "item_id": kind})
        assert_same(canonical(other, features, tasks), expected)


def test_what_was_converted_is_not_converted_again(shop, features, tasks):
    once = canonical(shop, features, tasks)

    for part in (once, once.slice(3, 5), pa.concat_tables([once, once])):
        again = canonical(part, features, tasks)
        assert_same(again, part)
        assert _address(again) == _address(part)


def _address(table: pa.Table) -> int:
    return table["price"].chunk(0).buffers()[1].address


def test_the_labels_of_converted_rows_can_be_left_out(shop, features, tasks):
    once = canonical(shop, features, tasks)

    assert_same(canonical(once, features), canonical(shop, features))


@pytest.mark.parametrize("columns", [("cost", "price"), ("raw_price", "price")])
def test_a_feature_may_have_the_name_of_anothers_column(columns):
    features = tuple(
        Numeric(kind="numeric", name=name, side="item", column=column)
        for name, column in zip(("price", "raw_price"), columns, strict=True)
    )
    rows = pa.table({columns[0]: [1.0], columns[1]: [2.0]})

    once = canonical(rows, features)

    assert once.to_pydict() == {"price": [1.0], "raw_price": [2.0]}
    assert canonical(once, features).equals(once)


def test_two_features_may_read_one_column():
    features = (
        *FEATURES,
        FEATURES[1].model_copy(update={"name": "p", "column": "price"}),
    )
    rows = pa.table({"uid": ["a"], "price": ["3"]})

    once = canonical(rows, features)

    assert once.to_pydict() == {"user": ["a"], "price": [3.0], "p": [3.0]}
    assert canonical(once, features).equals(once)


def test_rows_of_the_right_types_are_converted_all_the_same():
    tags = MultiCategorical(
        kind="multi_categorical", name="tags", side="item", max_values=2
    )
    rows = pa.table({"tags": [["a", None]]})

    assert canonical(rows, [tags]).to_pydict() == {"tags": [["a", ""]]}


def test_every_missing_column_is_listed_with_what_is_there():
    rows = pa.table({"uld": ["a"], "b": [1]})

    assert error_of(rows, tasks=TASKS) == (
        "The data has no column 'uid' for feature 'user'. Did you mean 'uld'? "
        "The data has no column 'price' for feature 'price'. "
        "The data has no column 'clicked' for the label of task 'click'. "
        "Columns: ['b', 'uld']. Add what is missing to the data, name it with "
        "`column`, or remove it from the config."
    )


def test_columns_that_are_there_are_not_refused():
    require_columns(["uid", "price", "clicked"], FEATURES, TASKS)


@pytest.mark.parametrize("make", [pd.DataFrame, pa.table])
def test_a_column_that_is_there_twice_is_refused(make):
    if make is pa.table:
        rows = pa.table([[1], [2], [3]], ["uid", "price", "uid"])
    else:
        rows = pd.DataFrame([[1, 2, 3]], columns=["uid", "price", "uid"])

    assert error_of(rows) == (
        "The data must have columns of different names. "
        "Received more than once: ['uid']."
    )


def test_other_columns_may_be_there_twice():
    rows = pd.DataFrame([[1, 2, 3, 4]], columns=["x", "uid", "price", "x"])

    assert canonical(rows, FEATURES).to_pydict() == {"user": ["2"], "price": [3.0]}


@pytest.mark.parametrize(
    ("values", "types"),
    [
        ([1, "a"], "int and str"),
        ([[1], ["a"]], "list"),
        ([object(), None], "object"),
    ],
)
def test_a_frames_column_of_several_types_is_refused(values, types):
    rows = pd.DataFrame({"uid": pd.Series(values, dtype=object), "price": 1.0})
    text = f"Column 'uid' must hold values of one type. Received: {types}."

    assert error_of(rows) == text
    with pytest.raises(SchemaError) as raised:
        as_table(rows)
    assert str(raised.value) == text


def test_a_frame_becomes_a_table_without_its_index():
    table = as_table(pd.DataFrame({"a": [1, 2]}, index=[5, 6]))

    assert table.to_pydict() == {"a": [1, 2]}


def test_other_containers_are_a_mistake_of_the_caller():
    text = "`rows` must be a pandas DataFrame or a pyarrow Table. Received: dict."

    for function in (as_table, lambda rows: canonical(rows, FEATURES)):
        with pytest.raises(TypeError) as raised:
            function({"uid": np.array([1])})
        assert str(raised.value) == text
