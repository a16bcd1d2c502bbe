"""Whatever callers give, it is encoded or refused by its name; no other error."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtl_rec.serving.client import RequestError
from mtl_rec.serving.client.columns import columns_of, single_row
from mtl_rec.serving.client.encoding import encode_column
from mtl_rec.serving.client.inputs import candidate_inputs, row_inputs
from mtl_rec.serving.client.signatures import Signature, TensorType

ROWS = Signature(
    "serving_default",
    {
        "user": TensorType("string", (None,)),
        "history": TensorType("string", (None, 2)),
        "item": TensorType("string", (None,)),
        "price": TensorType("float32", (None,)),
    },
    {},
)
RANK = Signature(
    "rank",
    ROWS.inputs
    | {
        "item": TensorType("string", (None, None)),
        "price": TensorType("float32", (None, None)),
    },
    {},
)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.just("\ud800"),
    st.dates(),
)
values = st.one_of(
    scalars,
    st.lists(scalars, max_size=4),
    st.dictionaries(st.text(max_size=2), scalars, max_size=2),
    st.just(np.zeros((2, 2))),
    st.just(np.array(3.0)),
)
names = st.sampled_from(["user", "history", "item", "price", "prise", "", 3, None])
dicts = st.dictionaries(names, values, max_size=5)
whole = st.fixed_dictionaries(dict.fromkeys(ROWS.inputs, values))


@settings(max_examples=60)
@given(st.lists(st.one_of(whole, dicts), min_size=1, max_size=3), st.booleans())
def test_rows_are_encoded_or_refused(rows, fill_missing):
    try:
        inputs = row_inputs(ROWS, columns_of(rows, "rows"), fill_missing)
    except RequestError:
        return
    for name, kind in ROWS.inputs.items():
        assert inputs.arrays[name].shape == (len(rows), *kind.shape[1:])
        is_text = kind.dtype == "string"
        assert inputs.arrays[name].dtype == (object if is_text else kind.dtype)
        if is_text:
            assert all(type(own) is bytes for own in inputs.arrays[name].ravel())


@settings(max_examples=60)
@given(dicts, st.lists(dicts, min_size=1, max_size=3))
def test_requests_are_encoded_or_refused(request, candidates):
    try:
        user = single_row(request, "request")
        rows = columns_of(candidates, "candidates")
        inputs = candidate_inputs(RANK, user, rows, fill_missing=True)
    except RequestError:
        return
    assert inputs.arrays["user"].shape == (1,)
    assert inputs.arrays["history"].shape == (1, 2)
    for name in ("item", "price"):
        own = len(candidates) if name in rows.values else 1
        assert inputs.arrays[name].shape == (1, own)


@given(st.lists(st.one_of(st.none(), st.floats(), st.integers(-9, 9)), min_size=1))
def test_numbers_arrive_as_they_are_and_missing_ones_as_nan(numbers):
    columns = columns_of({"price": numbers}, "rows")
    array = encode_column(columns, "price", ROWS.inputs["price"])

    with np.errstate(over="ignore"):
        expected = [math.nan if n is None else np.float32(n) for n in numbers]
    np.testing.assert_array_equal(array, np.array(expected, np.float32))


@given(st.integers(1, 7), st.integers(1, 9))
def test_parts_put_together_are_the_whole(count, size):
    rows = [{"item": f"i{i}", "price": i} for i in range(count)]
    user = single_row({"user": "u", "history": ["a"]}, "request")
    inputs = candidate_inputs(RANK, user, columns_of(rows, "candidates"), False)

    parts = inputs.parts(size)

    assert all(part["item"].shape[1] <= size for part in parts)
    joined = np.concatenate([part["item"] for part in parts], axis=1)
    assert joined.tolist() == inputs.arrays["item"].tolist()
    assert all(part["history"].tolist() == [[b"a", b""]] for part in parts)


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (TensorType("int64", (None,)), [1, np.int32(2)], [1, 2]),
        (TensorType("string", (None, None)), [["a"], ["b", "c"]], [["a", ""], "bc"]),
        (TensorType("float64", (None,)), [1, None], [1.0, math.nan]),
    ],
)
def test_other_types_of_signatures_are_known(kind, values, expected):
    array = encode_column(columns_of({"x": values}, "rows"), "x", kind)

    if kind.dtype == "string":
        expected = [[text.encode() for text in row] for row in expected]
    np.testing.assert_array_equal(array, np.array(expected, array.dtype))


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (TensorType("int64", (None,)), None, "must be a whole number that int64 holds"),
        (TensorType("int32", (None,)), 2**31, "must be a whole number that int32"),
        (TensorType("int32", (None,)), 1.5, "must be a whole number that int32"),
        (TensorType("bool", (None,)), True, "is bool .* can't be sent"),
        (TensorType("float32", None), 1.0, "is float32 None in the signature"),
    ],
)
def test_types_that_can_not_be_sent_are_named(kind, value, text):
    with pytest.raises(RequestError, match=f"Feature 'x' {text}"):
        encode_column(columns_of({"x": [value]}, "rows"), "x", kind)
