"""Vectors that callers give are sent as numbers, or refused by feature and row."""

import numpy as np
import pytest

from mtl_rec.serving.client import RequestError
from mtl_rec.serving.client.columns import columns_of
from mtl_rec.serving.client.encoding import encode_column
from mtl_rec.serving.client.signatures import TensorType

PHOTO = TensorType("float32", (None, 2))
NAN = float("nan")


def test_lists_are_sent_and_what_is_missing_is_nan():
    rows = [{"photo": own} for own in ([1, 2.5], None, [], np.ones(2), [NAN, NAN])]

    sent = encode_column(columns_of(rows, "rows"), "photo", PHOTO)

    missing = [NAN, NAN]
    expected = [[1, 2.5], missing, missing, [1, 1], missing]
    np.testing.assert_array_equal(sent, np.float32(expected))


@pytest.mark.parametrize(
    ("vector", "message"),
    [
        ([1.0], "must have 2 numbers, or none. Received: 1 in row 1"),
        ([1.0, NAN], "must have finite numbers. Received: nan in row 1"),
        ([1.0, 1e39], "must have finite numbers. Received: inf in row 1"),
        ([1.0, "2"], r"must be a number in its lists. Received: '2' \(str\) in row 1"),
        ("1|2", "must be a list of 2 numbers. Received: '1|2'"),
    ],
)
def test_others_are_refused(vector, message):
    rows = columns_of([{"photo": [1.0, 2.0]}, {"photo": vector}], "rows")

    with pytest.raises(RequestError, match=f"'photo' {message}"):
        encode_column(rows, "photo", PHOTO)
