"""The pull on weights; of tables, settled when a batch holds their rows."""

import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.models.layers import FusedEmbedding
from mtl_rec.optimizers import SGD, LazyAdam, RowAdagrad
from mtl_rec.training.trainable import TrainableModel

PENALTY, RATE, NUM_ROWS = 0.05, 0.1, 6


def trained(optimizer, batches, whole_table_rows):
    """A table, started at 1, after batches of ids whose gradient is 1 for each id."""
    ids = keras.Input((1,), dtype="int32", name="ids")
    embedded = FusedEmbedding(NUM_ROWS, 2, offsets=[0], name="embedding")(ids)
    total = keras.layers.Flatten()(embedded)
    model = TrainableModel({"ids": ids}, total)
    table = model.get_layer("embedding").table
    table.assign(np.ones(table.shape))
    model.compile(
        optimizer,
        loss=lambda _, y: ops.sum(y, axis=1) * len(batches[0]),
        whole_table_rows=whole_table_rows,
    )
    for batch in batches:
        rows = np.array(batch, "int32")[:, None]
        model.train_on_batch({"ids": rows}, np.zeros((len(batch), 1), "float32"))
    return np.array(table)


@pytest.mark.parametrize("whole_table_rows", [0, NUM_ROWS], ids=["by rows", "swept"])
def test_a_row_settles_what_it_owes_when_a_batch_holds_it(whole_table_rows):
    table = trained(SGD(RATE, l2_penalty=PENALTY), [[0], [1], [0]], whole_table_rows)
    first = 1 - RATE * (1 + 2 * PENALTY * 1)
    expected = first - RATE * (1 + 2 * PENALTY * 2 * first)
    np.testing.assert_allclose(table[0], expected, rtol=1e-6)
    np.testing.assert_allclose(table[1], 1 - RATE * (1 + 2 * PENALTY * 2), rtol=1e-6)
    np.testing.assert_array_equal(table[2:], 1)


def test_a_repeated_id_owes_once():
    table = trained(SGD(RATE, l2_penalty=PENALTY), [[3, 3, 3]], 0)
    np.testing.assert_allclose(table[3], 1 - RATE * (3 + 2 * PENALTY), rtol=1e-6)


@pytest.mark.parametrize("optimizer", [LazyAdam, RowAdagrad, SGD])
def test_without_a_penalty_nothing_more_is_remembered(optimizer):
    tables = []
    for penalty in (0.0, 1e-30):
        own = optimizer(RATE, l2_penalty=penalty)
        tables.append(trained(own, [[0, 1], [1, 2]], 0))
        settled = [v for v in own.variables if "settled" in v.path]
        assert [v.shape for v in settled] == ([(NUM_ROWS, 1)] if penalty else [])
    np.testing.assert_allclose(*tables, rtol=1e-6)


def test_kernels_are_pulled_at_every_step_and_biases_are_not():
    inputs = keras.Input((2,))
    model = keras.Sequential([inputs, keras.layers.Dense(3, name="dense")])
    kernel, bias = model.get_layer("dense").weights
    bias.assign(np.ones(3))
    before = np.array(kernel)
    model.compile(SGD(RATE, l2_penalty=PENALTY), loss=lambda _, y: 0.0 * ops.sum(y))
    model.fit(np.ones((2, 2)), np.zeros((2, 1)), batch_size=1, verbose=0)
    shrunk = before * (1 - RATE * 2 * PENALTY) ** 2
    np.testing.assert_allclose(np.array(kernel), shrunk, rtol=1e-6)
    np.testing.assert_array_equal(np.array(bias), 1)


@pytest.mark.parametrize("optimizer", [LazyAdam, RowAdagrad, SGD])
def test_the_penalty_is_part_of_the_config(optimizer):
    own = optimizer(RATE, l2_penalty=PENALTY)
    assert optimizer.from_config(own.get_config()).l2_penalty == PENALTY
