"""Raw columns of any type become the types of their features, or are refused."""

import datetime
import decimal

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.config.features import (
    Categorical,
    Hashed,
    Numeric,
    Text,
)
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.schema.columns import feature_values, label_values

NAN, INF = float("nan"), float("inf")
USER = Categorical(kind="categorical", name="user", side="user", column="uid")
BRAND = Hashed(kind="hashed", name="brand", side="item", num_buckets=9)
TITLE = Text(kind="text", name="title", side="item")
PRICE = Numeric(kind="numeric", name="price", side="item", column="cost")
CLICK = Task(name="click", label="clicked")


def column(values, kind=None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, kind)])


def error_of(values, feature) -> str:
    with pytest.raises(SchemaError) as raised:
        feature_values(values, feature)
    return str(raised.value)


@pytest.mark.parametrize("feature", [USER, BRAND, TITLE], ids=lambda f: f.kind)
@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (column(["a", None, ""]), ["a", "", ""]),
        (column(["a", None], pa.large_string()), ["a", ""]),
        (column(["a", None], pa.string_view()), ["a", ""]),
        (column(["a", None, "a"]).dictionary_encode(), ["a", "", "a"]),
        (column([7, None, 7]).dictionary_encode(), ["7", "", "7"]),
        (column([1, None, -2], pa.int8()), ["1", "", "-2"]),
        (column([2**63], pa.uint64()), ["9223372036854775808"]),
        (column([1.0, None, NAN, -0.0]), ["1", "", "", "0"]),
        (column([1.0, NAN], pa.float32()), ["1", ""]),
        (column(np.array([1, NAN], np.float16)), ["1", ""]),
        (column([2.0**53]), ["9007199254740992"]),
        (column([True, None]), ["true", ""]),
        (column([b"a", None]), ["a", ""]),
        (column([datetime.date(2026, 1, 31)]), ["2026-01-31"]),
        (column([None, None]), ["", ""]),
        (column([], pa.string()), []),
        (pa.chunked_array([], pa.float64()), []),
        (pa.chunked_array([["a"], [], ["b"]]), ["a", "b"]),
        (column(["x", "a", None]).slice(1), ["a", ""]),
    ],
    ids=str,
)
def test_values_to_look_up_become_text(feature, values, texts):
    converted = feature_values(values, feature)

    assert converted.type == pa.string()
    assert converted.to_pylist() == texts


@pytest.mark.parametrize("value", [1.5, INF, -INF, 1e20])
def test_numbers_that_are_not_whole_are_not_looked_up(value):
    assert error_of(column([1.0, None, value, 2.5]), USER) == (
        "Column 'uid' of feature 'user' must hold text or whole numbers. "
        f"Received: {value}. Declare it `kind: numeric`."
    )


@pytest.mark.parametrize(
    ("values", "expected", "received"),
    [
        (column([["a"]]), "single values", "list<item: string>"),
        (column([{"a": 1}]), "single values", "struct<a: int64>"),
        (column([b"\xff"]), "text or whole numbers", "binary"),
    ],
)
def test_other_types_are_not_looked_up(values, expected, received):
    assert error_of(values, USER) == (
        f"Column 'uid' of feature 'user' must hold {expected}. Received: {received}."
    )


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (column([1, None]), [1, NAN]),
        (column([1.5, NAN, INF, None]), [1.5, NAN, INF, NAN]),
        (column(np.array([1.5], np.float16)), [1.5]),
        (column([1e300]), [INF]),
        (column([True, False, None]), [1, 0, NAN]),
        (column([decimal.Decimal("1.50"), None]), [1.5, NAN]),
        (column([2, None, 2]).dictionary_encode(), [2, NAN, 2]),
        (column([None, None]), [NAN, NAN]),
        (column([], pa.int64()), []),
        (
            column(["1", " 2.5 ", "-3e2", "+4", "", "  ", None]),
            [1, 2.5, -300, 4] + [NAN] * 3,
        ),
        (column(["nan", "inf", "-Infinity"]), [NAN, INF, -INF]),
        (column(["True", "false", "TRUE"]), [1, 0, 1]),
        (column(["1", None], pa.large_string()), [1, NAN]),
        (column(["1", None], pa.string_view()), [1, NAN]),
        (column(["1", "", "2"]).dictionary_encode(), [1, NAN, 2]),
        (column(["x", "1", None]).slice(1), [1, NAN]),
    ],
    ids=str,
)
def test_numbers_become_float32(values, numbers):
    for converted in (
        feature_values(values, PRICE),
        feature_values(values, PRICE, keep_dictionaries=True),
        label_values(values, CLICK),
    ):
        assert converted.type == pa.float32()
        assert not converted.null_count
        np.testing.assert_equal(converted.to_numpy(), np.array(numbers, np.float32))


@pytest.mark.parametrize(
    ("values", "bad"),
    [
        (["1", "Cheap", "x"], "'Cheap'"),
        (["nan", None, "1,5"], "'1,5'"),
        (["1", " 0x10"], "' 0x10'"),
        (["yes"], "'yes'"),
    ],
)
def test_text_that_is_no_number_is_quoted(values, bad):
    assert error_of(column(values), PRICE) == (
        f"Column 'cost' of feature 'price' must hold numbers. Received: {bad}."
    )


@pytest.mark.parametrize(
    ("values", "received"),
    [
        (column([[1.0]]), "list<item: double>"),
        (column([datetime.date(2026, 1, 31)]), "date32[day]"),
        (column([datetime.timedelta(1)]), "duration[us]"),
        (column([b"x"]), "binary"),
    ],
)
def test_other_types_are_no_numbers(values, received):
    assert error_of(values, PRICE) == (
        f"Column 'cost' of feature 'price' must hold numbers. Received: {received}."
    )


def test_an_error_of_a_label_names_column_and_task():
    with pytest.raises(SchemaError) as raised:
        label_values(column(["maybe"]), CLICK)

    assert str(raised.value) == (
        "Column 'clicked' of the label of task 'click' must hold numbers. "
        "Received: 'maybe'."
    )


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        (["yes", "no", None, " yes "], "yes"),
        ([" 50000+.", "- 50000.", "", "50000+."], "50000+."),
        ([2.0, 1.0, NAN, 2.0], "2"),
        ([True, False, None, True], "true"),
    ],
)
def test_a_label_that_is_one_value_is_0_everywhere_else(values, positive):
    task = Task(name="bought", positive=positive)

    assert label_values(column(values), task).to_pylist() == [1, 0, 0, 1]
