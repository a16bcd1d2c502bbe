"""Every optimizer on a table whose ids repeat: equal to numpy, absent rows at rest."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.models.layers import FusedEmbedding
from mtl_rec.optimizers import SGD, LazyAdam, RowAdagrad, SplitOptimizer
from mtl_rec.training import TrainableModel

ROWS, WIDTH, STEPS, RATE = 6, 2, 4, 0.01
# Row 0 four times, row 1 twice; rows 4 and 5 never.
IDS = np.array([[0], [0], [0], [0], [1], [1], [2], [3]], "int32")
LABELS = np.array([1, 1, 1, 0, 0, 1, 0, 1], "float32")[:, np.newaxis]
TABLE = np.random.default_rng(0).normal(size=(ROWS, WIDTH)).astype("float32")
KERNEL = np.array([[1.0], [-1.0]], "float32")


def numpy_gradient(table):
    embedded = table[IDS[:, 0]]
    probability = 1 / (1 + np.exp(-embedded @ KERNEL))
    gradient = np.zeros_like(table)
    np.add.at(gradient, IDS[:, 0], (probability - LABELS) / len(LABELS) @ KERNEL.T)
    return gradient


def numpy_adagrad(limit=np.inf):
    table, accumulator = TABLE.astype("float64"), np.full((ROWS, 1), 0.1)
    for _ in range(STEPS):
        gradient = numpy_gradient(table)
        gradient *= min(1.0, limit / np.linalg.norm(gradient))
        accumulator += np.mean(gradient**2, axis=1, keepdims=True)
        table -= RATE * gradient / np.sqrt(accumulator + 1e-7)
    return table


def numpy_sgd(limit=np.inf):
    table = TABLE.astype("float64")
    for _ in range(STEPS):
        gradient = numpy_gradient(table)
        gradient *= min(1.0, limit / np.linalg.norm(gradient))
        table -= RATE * gradient
    return table


def numpy_adam(limit=np.inf, num_steps=STEPS):
    """In float64 on the rows that occur."""
    table, touched = TABLE.astype("float64"), np.unique(IDS)
    mean, square = np.zeros_like(table), np.zeros_like(table)
    for step in range(1, num_steps + 1):
        gradient = numpy_gradient(table)
        gradient *= min(1.0, limit / np.linalg.norm(gradient))
        mean[touched] += (gradient[touched] - mean[touched]) * 0.1
        square[touched] += (gradient[touched] ** 2 - square[touched]) * 0.001
        rate = RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        change = rate * mean / (np.sqrt(square) + 1e-7)
        table[touched] -= change[touched]
    return table


def build(optimizer, model_class=keras.Model, **settings):
    inputs = keras.Input((1,), dtype="int32", name="ids")
    layer = FusedEmbedding(ROWS, WIDTH, [0], name="embedding")
    embedded = keras.layers.Flatten()(layer(inputs))
    head = keras.layers.Dense(1, "sigmoid", use_bias=False, trainable=False)
    model = model_class({"ids": inputs}, head(embedded))
    layer.table.assign(TABLE)
    head.set_weights([KERNEL])
    model.compile(optimizer, loss="binary_crossentropy", **settings)
    return model


def table_after_training(model):
    for _ in range(STEPS):
        model.train_on_batch({"ids": IDS}, LABELS)
    return model.get_layer("embedding").get_weights()[0]


CASES = {
    "lazy_adam": (LazyAdam, numpy_adam),
    "sgd": (SGD, numpy_sgd),
    "row_adagrad": (RowAdagrad, numpy_adagrad),
}
cases = pytest.mark.parametrize("case", CASES)


@cases
def test_a_plain_model_trains_its_table_like_numpy(case):
    optimizer, in_numpy = CASES[case]

    table = table_after_training(build(optimizer(RATE)))

    np.testing.assert_allclose(table, in_numpy(), atol=1e-6)
    np.testing.assert_array_equal(table[4:], TABLE[4:])


@cases
@pytest.mark.parametrize("whole_table_rows", [0, 100])
@pytest.mark.parametrize("limit", [None, 0.05])
def test_the_owned_step_trains_the_table_like_numpy(case, whole_table_rows, limit):
    optimizer, in_numpy = CASES[case]
    model = build(
        optimizer(RATE, global_clipnorm=limit),
        TrainableModel,
        whole_table_rows=whole_table_rows,
    )

    table = table_after_training(model)

    np.testing.assert_allclose(table, in_numpy(limit or np.inf), atol=1e-6)
    np.testing.assert_array_equal(table[4:], TABLE[4:])


def test_a_learning_rate_schedule_is_followed():
    schedule = keras.optimizers.schedules.ExponentialDecay(RATE, 1, 1e-9)
    model = build(LazyAdam(schedule))

    model.train_on_batch({"ids": IDS}, LABELS)
    after_one = model.get_layer("embedding").get_weights()[0]
    model.train_on_batch({"ids": IDS}, LABELS)

    after_two = model.get_layer("embedding").get_weights()[0]
    np.testing.assert_allclose(after_one, numpy_adam(num_steps=1), atol=1e-6)
    np.testing.assert_allclose(after_two, after_one, atol=1e-7)


def test_options_that_rows_would_miss_are_refused():
    with pytest.raises(TypeError, match="weight_decay"):
        LazyAdam(weight_decay=0.1)


def test_row_adagrad_remembers_one_number_a_row():
    model = build(RowAdagrad(RATE), TrainableModel)

    (accumulator,) = model.optimizer.row_slots(model.get_layer("embedding").table)

    assert tuple(accumulator.shape) == (ROWS, 1)


def test_each_part_of_a_split_optimizer_moves_its_own():
    model = build(SGD(RATE), TrainableModel)
    model.layers[-1].trainable = True
    optimizer = SplitOptimizer(SGD(RATE), keras.optimizers.SGD(0.5))
    model.compile(optimizer, "binary_crossentropy")
    reference = build(keras.optimizers.SGD(0.5))
    reference.layers[-1].trainable = True
    reference.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")

    model.train_on_batch({"ids": IDS}, LABELS)
    reference.train_on_batch({"ids": IDS}, LABELS)

    np.testing.assert_allclose(
        model.get_layer("embedding").get_weights()[0],
        TABLE - RATE * numpy_gradient(TABLE),
        atol=1e-6,
    )
    np.testing.assert_allclose(
        model.layers[-1].get_weights()[0],
        reference.layers[-1].get_weights()[0],
        atol=1e-6,
    )


def test_setting_the_rate_of_a_split_optimizer_scales_both():
    optimizer = SplitOptimizer(SGD(0.4), keras.optimizers.Adam(0.01))

    optimizer.learning_rate = 0.005

    assert float(ops.convert_to_numpy(optimizer.dense.learning_rate)) == (
        pytest.approx(0.005)
    )
    assert float(ops.convert_to_numpy(optimizer.tables.learning_rate)) == (
        pytest.approx(0.2)
    )


def test_the_tables_optimizer_must_know_rows():
    with pytest.raises(ValueError, match="`tables` must be an optimizer of"):
        SplitOptimizer(keras.optimizers.Adam(), keras.optimizers.Adam())


@pytest.mark.parametrize(
    "optimizer",
    [
        LazyAdam(0.02, beta_1=0.8, global_clipnorm=1.0),
        SGD(0.1, clipvalue=2.0),
        RowAdagrad(0.1, clipnorm=3.0),
        SplitOptimizer(RowAdagrad(0.1), keras.optimizers.AdamW(0.2)),
    ],
    ids=lambda optimizer: optimizer.name,
)
def test_config_round_trip_is_json(optimizer):
    text = json.dumps(keras.saving.serialize_keras_object(optimizer))
    restored = keras.saving.deserialize_keras_object(json.loads(text))

    assert type(restored) is type(optimizer)
    assert restored.get_config() == optimizer.get_config()
