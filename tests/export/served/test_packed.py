"""Rows in few inputs are answered as rows by name."""

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.preprocess.raw_columns import packed_rows


@pytest.fixture(scope="module")
def packed(preprocessor, raw):
    return packed_rows(preprocessor.schema.features, raw)


def test_the_inputs_are_the_features_by_alphabet(packed, raw):
    strings = ["brand", "item_id", "title", "user_id"]

    assert set(packed) == {"strings", "numbers", "history", "tags"}
    np.testing.assert_array_equal(
        packed["strings"], np.stack([raw[name] for name in strings], axis=1)
    )
    np.testing.assert_array_equal(
        packed["numbers"], np.stack([raw[n] for n in ("age", "hour", "price")], axis=1)
    )


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_packed_rows_score_as_rows_do(answer, score, raw, packed, size):
    expected = score({name: values[:size] for name, values in raw.items()})

    answers = answer("packed", {name: values[:size] for name, values in packed.items()})

    assert answers.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(answers[name], values)


@pytest.mark.parametrize("name", ["strings", "numbers", "history"])
@pytest.mark.parametrize("more", [-1, 1])
def test_another_number_of_columns_is_refused(answer, packed, name, more):
    rows = {own: values[:2] for own, values in packed.items()}
    width = rows[name].shape[1] + more
    rows[name] = np.full((2, width), rows[name].flat[0])

    with pytest.raises((tf.errors.InvalidArgumentError, TypeError)):
        answer("packed", rows)
