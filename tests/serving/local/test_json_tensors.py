"""JSON to tensors and back, for types and values the tiny model has none of."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorflow.core.framework.types_pb2 import (
    DT_BFLOAT16,
    DT_BOOL,
    DT_FLOAT,
    DT_INT32,
    DT_INT64,
    DT_STRING,
)

from mtl_rec.serving.local.json_documents import body_of, parsed_object
from mtl_rec.serving.local.json_tensors import array_from_json, array_to_json
from mtl_rec.serving.local.status import StatusError


@pytest.mark.parametrize(
    ("value", "data_type", "expected"),
    [
        ([1, 2], DT_INT32, np.int32([1, 2])),
        (2**62, DT_INT64, np.int64(2**62)),
        ([[True], [False]], DT_BOOL, np.array([[True], [False]])),
        ([], DT_FLOAT, np.float32([])),
        ([[], []], DT_FLOAT, np.zeros((2, 0), np.float32)),
    ],
)
def test_values_of_a_type_are_taken(value, data_type, expected):
    array = array_from_json(value, data_type, "x")

    np.testing.assert_array_equal(array, expected)
    assert (array.dtype, array.shape) == (expected.dtype, expected.shape)


@pytest.mark.parametrize(
    ("value", "data_type"),
    [
        (1.0, DT_INT32),
        (2**31, DT_INT32),
        (2**63, DT_INT64),
        (True, DT_INT32),
        (True, DT_FLOAT),
        (1, DT_BOOL),
        (10**400, DT_FLOAT),
        ("1", DT_FLOAT),
        ([[1], [2, 3]], DT_INT32),
        ([1, [2]], DT_INT32),
        ([[1], 2], DT_INT32),
        ("\ud800", DT_STRING),
        (1, DT_BFLOAT16),
    ],
)
def test_values_of_another_type_are_refused(value, data_type):
    with pytest.raises(StatusError, match=r"x|no text"):
        array_from_json(value, data_type, "x")


@given(st.lists(st.floats(width=32)))
def test_floats_come_back_as_they_were(values):
    array = np.array(values, np.float32)

    sent = json.loads(body_of({"y": array_to_json(array, DT_FLOAT, "y")}))["y"]

    np.testing.assert_array_equal(np.array(sent, np.float32), array)


@given(st.binary())
def test_bytes_come_back_as_they_were(content):
    array = np.array([content], object)

    body = body_of({"y": array_to_json(array, DT_STRING, "y_bytes")})

    value = parsed_object(body)["y"]
    assert array_from_json(value, DT_STRING, "y").tolist() == [content]


def test_strings_are_plain_unless_their_name_says_bytes():
    array = np.array(["Ärmel".encode()], object)

    assert array_to_json(array, DT_STRING, "label") == ["Ärmel"]
    assert array_to_json(array, DT_STRING, "label_bytes") == [{"b64": "w4RybWVs"}]


def test_types_without_json_are_refused():
    with pytest.raises(StatusError, match="DT_BFLOAT16"):
        array_to_json(np.zeros(1), DT_BFLOAT16, "y")


def test_what_follows_the_object_is_not_looked_at():
    assert parsed_object(b'\xef\xbb\xbf \n{"a": NaN}}} rest')["a"] != 0


def test_a_number_too_large_for_a_float_is_infinite():
    values = array_from_json([1e39, -1e300, 1.5], DT_FLOAT, "price")

    assert values.dtype == np.float32
    assert values.tolist() == [np.inf, -np.inf, 1.5]
