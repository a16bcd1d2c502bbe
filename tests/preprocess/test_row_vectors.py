"""Vectors of rows are encoded alike in arrays, graphs and examples."""

import itertools

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from mtl_rec.config.features import Vector
from mtl_rec.config.tasks import Task
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.preprocess.examples import parse_examples, serialized_example
from mtl_rec.schema.rows import canonical

FEATURES = (
    Vector(kind="vector", name="photo", side="item", dim=3),
    Vector(kind="vector", name="profile", side="user", dim=2),
)
TASKS = (Task(name="click"),)
NUM_ROWS = 10_000


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(0)
    photos = list(random.normal(5, 1, (NUM_ROWS, 3)).astype("float32"))
    return pd.DataFrame(
        {
            "photo": [None if row % 7 == 0 else v for row, v in enumerate(photos)],
            "profile": [None] * NUM_ROWS,
            "click": random.integers(0, 2, NUM_ROWS).astype(float),
        }
    )


@pytest.fixture(scope="module")
def preprocessor(frame):
    return Preprocessor.fit(FEATURES, TASKS, frame)


def test_a_missing_vector_is_the_mean_of_those_in_training(preprocessor, frame):
    encoded = preprocessor.encode(frame)

    there = np.stack(frame["photo"].dropna())
    photos = encoded.inputs["photo"]
    np.testing.assert_allclose(photos[7], there.mean(axis=0, dtype=float), rtol=1e-6)
    np.testing.assert_array_equal(photos[8], frame["photo"][8])
    assert encoded.counts["photo"].missing == NUM_ROWS - len(there)
    # Nothing is known of any.
    np.testing.assert_array_equal(encoded.inputs["profile"], np.zeros((NUM_ROWS, 2)))


def test_the_mean_is_the_same_however_rows_come(preprocessor, frame):
    rows = canonical(frame, FEATURES, TASKS)
    cuts = [0, 1, 37, 5000, NUM_ROWS]
    chunks = [
        rows.slice(start, stop - start) for start, stop in itertools.pairwise(cuts)
    ]

    again = Preprocessor.fit(FEATURES, TASKS, chunks)

    assert again.schema.vector_means == preprocessor.schema.vector_means


def test_saved_preprocessors_know_the_mean(preprocessor, tmp_path):
    preprocessor.save(tmp_path / "p")

    restored = Preprocessor.load(tmp_path / "p")

    assert restored.schema == preprocessor.schema


def test_graph_and_examples_give_the_bits_of_arrays(preprocessor, frame):
    rows = canonical(frame[:50], FEATURES)
    expected = preprocessor.encode(frame[:50], with_labels=False).inputs

    raw = raw_tensors(preprocessor.schema, rows)
    examples = tf.constant([serialized_example(row) for row in rows.to_pylist()])
    parsed = parse_examples(examples, FEATURES)
    without = parse_examples(tf.constant([serialized_example({})]), FEATURES)

    for served in (raw, parsed):
        encoded = preprocessor.graph({n: tf.constant(v) for n, v in served.items()})
        for name, values in encoded.items():
            np.testing.assert_array_equal(values, expected[name])
    missing = preprocessor.graph(without)["photo"]
    np.testing.assert_array_equal(missing[0], expected["photo"][0])


def test_numbers_that_are_not_finite_are_served_as_a_missing_vector(preprocessor):
    odd = [[np.nan, 1, 1], [np.inf, 1, 1], [3e38, 3e38, 1], [1, 2, 3]]
    raw = {"photo": tf.constant(odd), "profile": tf.zeros((4, 2))}

    photos = preprocessor.graph(raw)["photo"].numpy()

    mean = np.float32(preprocessor.schema.vector_means["photo"])
    np.testing.assert_array_equal(photos, [mean, mean, mean, [1, 2, 3]])


def test_a_vector_of_another_length_is_refused(preprocessor):
    raw = {"photo": tf.zeros((4, 2)), "profile": tf.zeros((4, 2))}

    with pytest.raises(tf.errors.InvalidArgumentError, match="not compatible"):
        preprocessor.graph(raw)
