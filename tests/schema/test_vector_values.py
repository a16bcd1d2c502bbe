"""Vectors of rows come in many types, and are of one length and finite, or refused."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mtl_rec.config.features import Vector
from mtl_rec.errors import SchemaError
from mtl_rec.schema.columns import feature_values
from mtl_rec.schema.rows import canonical
from mtl_rec.schema.vector_values import vector_rows

PHOTO = Vector(kind="vector", name="photo", side="item", dim=2)
SPACED = Vector(kind="vector", name="photo", side="item", dim=2, separator=" ")
NAN = float("nan")
LISTS = [[1, 2], None, [], [-3.5, 0]]
VECTORS = [[1, 2], [NAN, NAN], [NAN, NAN], [-3.5, 0]]


def column(values, kind=None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, kind)])


@pytest.mark.parametrize(
    ("values", "vectors"),
    [
        (column(LISTS), VECTORS),
        (column(LISTS, pa.large_list(pa.float16())), VECTORS),
        (column([[1, 2], None, [3, 4]]), [[1, 2], [NAN, NAN], [3, 4]]),
        (
            column([[1, 2], None, [3, 4]], pa.list_(pa.float32(), 2)),
            [[1, 2], [NAN, NAN], [3, 4]],
        ),
        (
            column([[1, 2], None, [3, 4]], pa.list_(pa.float32(), 2)).slice(1),
            [[NAN, NAN], [3, 4]],
        ),
        (column([[NAN, NAN], [1, 2]]), [[NAN, NAN], [1, 2]]),
        (column(["1|2", "", None, "-3.5| 0 "]), VECTORS),
        (column([None, None]), [[NAN, NAN]] * 2),
        (pa.chunked_array([[[1.0, 2.0]], [[3.0, 4.0]]]), [[1, 2], [3, 4]]),
    ],
    ids=str,
)
def test_lists_and_texts_become_vectors_and_missing_ones_nan(values, vectors):
    converted = feature_values(values, PHOTO)

    assert converted.type == pa.list_(pa.float32(), 2)
    np.testing.assert_array_equal(vector_rows(converted), np.float32(vectors))


def test_numbers_are_split_at_the_separator_that_is_declared():
    converted = feature_values(column(["1 2", "3 4"]), SPACED)

    np.testing.assert_array_equal(vector_rows(converted), [[1, 2], [3, 4]])


def test_arrays_in_a_frame_are_vectors_and_are_not_converted_twice():
    frame = pd.DataFrame({"photo": [np.float32([1, 2]), None, np.float32([3, 4])]})

    once = canonical(frame, [PHOTO])

    again = canonical(once, [PHOTO])["photo"].chunk(0)
    assert again.buffers() == once["photo"].chunk(0).buffers()
    part = canonical(once.slice(2), [PHOTO])["photo"].combine_chunks()
    np.testing.assert_array_equal(vector_rows(part), [[3, 4]])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, 2], [1, 2, 3]], "2 numbers, its `dim`, or none. Received: 3 in row 1"),
        ([[1, 2], None, [1]], "2 numbers, its `dim`, or none. Received: 1 in row 2"),
        (["1|2", "1|2|3"], "2 numbers, its `dim`, or none. Received: 3 in row 1"),
        ([[1, 2], [1, NAN]], "finite numbers. Received: nan in row 1"),
        ([[1, None], [1, 2]], "finite numbers. Received: nan in row 0"),
        ([[1, 1e39], [1, 2]], "finite numbers. Received: inf in row 0"),
        (["1|2", "1|red"], "numbers in its lists. Received: .*red"),
        ([1.0, 2.0], r"lists of numbers, or .* joined by '\|'. Received: double"),
        ([["a", "b"]], "numbers in its lists"),
    ],
)
def test_others_are_refused_by_feature_and_row(values, message):
    title = "Column 'photo' of feature 'photo' must hold "

    with pytest.raises(SchemaError, match=f"{title}{message}"):
        feature_values(column(values), PHOTO)
