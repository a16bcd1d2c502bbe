"""Ids of any type as text."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtl_rec.data.events.reading.ids import (
    is_id_type,
    is_missing,
    plain,
    plain_type,
    read_ids,
)

LARGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([" a ", "007", "1.0", None]), [" a ", "007", "1.0", None]),
        (pa.array([LARGEST, -1, None]), [str(LARGEST), "-1", None]),
        (pa.array([2**64 - 1], pa.uint64()), [str(2**64 - 1)]),
        (pa.array([1.0, -2.0, None], pa.float32()), ["1", "-2", None]),
        (pa.array([1.0, 2.0**53 - 1]), ["1", str(2**53 - 1)]),
        (pa.array([10**25], pa.decimal128(26, 0)), [str(10**25)]),
        (pa.nulls(1), [None]),
    ],
    ids=lambda values: str(getattr(values, "type", "")),
)
def test_text_and_whole_numbers_are_ids(values, expected):
    assert read_ids(values).to_pylist() == expected


@pytest.mark.parametrize("value", [1.5, float("inf"), float("-inf"), 2.0**53, 1e300])
def test_floats_that_are_not_surely_whole_are_none(value):
    assert read_ids(pa.array([1.0, value])).to_pylist() == ["1", None]


def test_text_of_several_lines_is_none():
    assert read_ids(pa.array(["a\nb", "ab"])).to_pylist() == [None, "ab"]


@pytest.mark.parametrize(
    "values",
    [
        pa.array(["a", None, "", "  ", "\t\n", "\u3000\u00a0"]),
        pa.array([1, None]),
        pa.array([1.0, None, float("nan")]),
    ],
    ids=lambda values: str(values.type),
)
def test_null_blank_and_nan_are_missing(values):
    assert is_missing(values).tolist() == [False] + [True] * (len(values) - 1)


@settings(deadline=None)
@given(st.integers(-(2**53) + 1, 2**53 - 1))
def test_an_id_is_the_same_in_every_type(number):
    for kind in (pa.int64(), pa.float64(), pa.decimal128(20, 0), pa.string()):
        array = pa.array([str(number)]) if kind == pa.string() else pa.array([number])
        assert read_ids(array.cast(kind)).to_pylist() == [str(number)]


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.large_binary(),
        pa.binary_view(),
        pa.binary(1),
        pa.dictionary(pa.int8(), pa.string()),
        pa.dictionary(pa.int32(), pa.large_string()),
    ],
    ids=str,
)
def test_text_of_every_type_is_plain_text(kind):
    values = pa.array(["a", None, "b"]).cast(
        kind.value_type if pa.types.is_dictionary(kind) else kind
    )
    if pa.types.is_dictionary(kind):
        values = values.dictionary_encode()
    column = pa.chunked_array([values.slice(0, 1), values.slice(1)])

    assert plain_type(column.type) == pa.string()
    assert plain(column).type == pa.string()
    assert plain(column).to_pylist() == ["a", None, "b"]


@pytest.mark.parametrize("kind", [pa.int16(), pa.bool_(), pa.date32(), pa.null()])
def test_other_types_are_plain_already(kind):
    column = pa.chunked_array([pa.nulls(2, kind)])

    assert plain_type(kind) == kind
    assert plain(column).type == kind


@pytest.mark.parametrize(
    ("kind", "is_allowed"),
    [
        (pa.bool_(), False),
        (pa.timestamp("s"), False),
        (pa.decimal128(5, 2), False),
        (pa.struct([]), False),
        (pa.decimal128(5, 0), True),
        (pa.null(), True),
    ],
    ids=str,
)
def test_types_that_hold_no_ids_are_known(kind, is_allowed):
    assert is_id_type(kind) is is_allowed
