"""Adam on tables: sums of repeats, absent rows untouched, equal to plain numpy."""

import json

import keras
import numpy as np
import pytest

from mtl_rec.models.layers import FusedEmbedding
from mtl_rec.optimizers import LazyAdam

LEARNING_RATE, STEPS, ROWS, WIDTH = 0.01, 4, 6, 2
# Row 0 four times, row 1 twice; rows 4 and 5 never.
IDS = np.array([[0], [0], [0], [0], [1], [1], [2], [3]], "int32")
LABELS = np.array([1, 1, 1, 0, 0, 1, 0, 1], "float32")[:, np.newaxis]
TABLE = np.random.default_rng(0).normal(size=(ROWS, WIDTH)).astype("float32")
KERNEL = np.array([[1.0], [-1.0]], "float32")


def numpy_adam(num_steps):
    """Adam in float64 on the rows that occur, gradients of repeats summed first."""
    table = TABLE.astype("float64").copy()
    mean, square = np.zeros_like(table), np.zeros_like(table)
    touched = np.unique(IDS)
    for step in range(1, num_steps + 1):
        embedded = table[IDS[:, 0]]
        probability = 1 / (1 + np.exp(-embedded @ KERNEL))
        by_position = (probability - LABELS) / len(LABELS) @ KERNEL.T
        gradient = np.zeros_like(table)
        np.add.at(gradient, IDS[:, 0], by_position)
        mean[touched] += (gradient[touched] - mean[touched]) * 0.1
        square[touched] += (gradient[touched] ** 2 - square[touched]) * 0.001
        rate = LEARNING_RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        change = rate * mean / (np.sqrt(square) + 1e-7)
        table[touched] -= change[touched]
    return table


def build(model_class=keras.Model):
    inputs = keras.Input((1,), dtype="int32", name="ids")
    layer = FusedEmbedding(ROWS, WIDTH, [0], name="embedding")
    embedded = keras.layers.Flatten()(layer(inputs))
    head = keras.layers.Dense(1, "sigmoid", use_bias=False, trainable=False)
    model = model_class({"ids": inputs}, head(embedded))
    layer.table.assign(TABLE)
    head.set_weights([KERNEL])
    model.compile(LazyAdam(LEARNING_RATE), loss="binary_crossentropy")
    return model


def test_a_plain_model_trains_its_table_like_numpy():
    model = build()

    for _ in range(STEPS):
        model.train_on_batch({"ids": IDS}, LABELS)

    (table,) = model.get_layer("embedding").get_weights()
    np.testing.assert_allclose(table, numpy_adam(STEPS), atol=1e-6)


def test_the_rows_that_no_batch_holds_do_not_move():
    model = build()

    model.train_on_batch({"ids": IDS}, LABELS)

    (table,) = model.get_layer("embedding").get_weights()
    np.testing.assert_array_equal(table[4:], TABLE[4:])
    assert not np.isclose(table[:4], TABLE[:4]).any()


def test_a_learning_rate_schedule_is_followed():
    schedule = keras.optimizers.schedules.ExponentialDecay(LEARNING_RATE, 1, 1e-9)
    model = build()
    model.compile(LazyAdam(schedule), loss="binary_crossentropy")

    model.train_on_batch({"ids": IDS}, LABELS)
    after_one = model.get_layer("embedding").get_weights()[0]
    model.train_on_batch({"ids": IDS}, LABELS)

    after_two = model.get_layer("embedding").get_weights()[0]
    np.testing.assert_allclose(after_one, numpy_adam(1), atol=1e-6)
    np.testing.assert_allclose(after_two, after_one, atol=1e-7)


def test_options_that_rows_would_miss_are_refused():
    with pytest.raises(TypeError, match="weight_decay"):
        LazyAdam(weight_decay=0.1)


def test_config_round_trip_is_json():
    optimizer = LazyAdam(0.02, beta_1=0.8)
    text = json.dumps(keras.saving.serialize_keras_object(optimizer))
    restored = keras.saving.deserialize_keras_object(json.loads(text))

    assert type(restored) is LazyAdam
    assert restored.get_config() == optimizer.get_config()
