"""The owned step: equal to Adam on dense gradients, row by row, jitted or not."""

import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.losses import funnel_losses
from mtl_rec.optimizers import LazyAdam
from mtl_rec.training import Batches


@keras.saving.register_keras_serializable("test")
class OneHotEmbedding(keras.layers.Layer):
    """The same look-up as a matrix product: its gradient is dense and summed."""

    def __init__(self, table, offsets, **kwargs):
        super().__init__(**kwargs)
        self.offsets = offsets
        self.table = self.add_weight(shape=table.shape)
        self.table.assign(table)

    def call(self, ids):
        rows = ids + np.array(self.offsets, "int32")
        one_hot = ops.one_hot(rows, self.table.shape[0], dtype="float32")
        return ops.matmul(one_hot, self.table)


def dense_twin(model, schema):
    """The same weights and graph, trained by Keras' own step with dense tables."""

    def replace(layer):
        if layer.name.startswith("embedding_"):
            (table,) = layer.get_weights()
            return OneHotEmbedding(table, layer.offsets, name=layer.name)
        return layer.__class__.from_config(layer.get_config())

    plain = keras.Model(model.input, model.output)
    twin = keras.models.clone_model(plain, clone_function=replace)
    weights = {weight.path: weight for weight in twin.weights}
    for weight in model.weights:
        if not weight.path.endswith("/table"):
            weights[weight.path].assign(ops.convert_to_numpy(weight))
    twin.compile(keras.optimizers.Adam(0.01), funnel_losses(schema.tasks))
    return twin


@pytest.mark.parametrize("jit", [True, False])
def test_tables_and_dense_weights_move_as_under_dense_adam(
    jit, make_model, schema, exposures
):
    """Every id occurs in every batch, so that lazy and dense Adam are one thing."""
    model = make_model(jit=jit, optimizer={"learning_rate": 0.01})
    twin = dense_twin(model, schema)
    every_id = np.arange(40, dtype="int32")
    inputs = {name: array[:200].copy() for name, array in exposures.inputs.items()}
    inputs["user_ids"][:40, 0] = every_id
    inputs["item_ids"][:40, 0] = every_id
    labels = {n: a[:200] for n, a in exposures.training_labels().items()}

    for _ in range(5):
        ours = model.train_on_batch(inputs, labels, return_dict=True)
        theirs = twin.train_on_batch(inputs, labels, return_dict=True)

    assert ours["loss"] == pytest.approx(theirs["loss"], rel=1e-5)
    moved = {(w.path.split("/")[0], w.shape): w for w in twin.weights}
    for weight in model.weights:
        other = moved[(weight.path.split("/")[0], weight.shape)]
        np.testing.assert_allclose(
            ops.convert_to_numpy(weight), ops.convert_to_numpy(other), atol=2e-6
        )


def test_only_the_rows_of_the_batch_move(make_model, exposures):
    model = make_model()
    before = [layer.get_weights()[0] for layer in model.tables]
    inputs = {name: array[:8] for name, array in exposures.inputs.items()}
    labels = {name: array[:8] for name, array in exposures.training_labels().items()}

    ids = model.table_ids({n: ops.convert_to_tensor(a) for n, a in inputs.items()})
    model.train_on_batch(inputs, labels)

    for layer, old in zip(model.tables, before, strict=True):
        rows = np.unique(ops.convert_to_numpy(layer.rows(ids[layer])))
        untouched = np.setdiff1d(np.arange(layer.num_rows), rows)
        new = layer.get_weights()[0]
        np.testing.assert_array_equal(new[untouched], old[untouched])
        assert not np.array_equal(new[rows], old[rows])
        for moment in model.optimizer.moments(layer.table):
            assert not ops.convert_to_numpy(moment)[untouched].any()


def test_a_frozen_table_stays(make_model, exposures):
    model = make_model()
    frozen = model.get_layer("embedding_3")
    frozen.trainable = False
    model.compile(LazyAdam(), model.loss)
    before = frozen.get_weights()[0]

    model.fit(Batches(exposures, 64), epochs=1, shuffle=False, verbose=0)

    np.testing.assert_array_equal(frozen.get_weights()[0], before)


def test_xla_is_left_out_by_itself_where_units_are_dropped_out(make_model):
    assert make_model().jit_dense_part is True
    assert make_model(dropout=0.2).jit_dense_part is False
    assert make_model(dropout=0.2, jit=True).jit_dense_part is True


@pytest.mark.parametrize("jit", [True, None])
def test_the_loss_goes_down_with_dropout(jit, make_model, exposures):
    model = make_model(dropout=0.2, jit=jit, optimizer={"learning_rate": 0.02})

    history = model.fit(Batches(exposures, 64), epochs=6, shuffle=False, verbose=0)

    losses = history.history["loss"]
    assert losses[-1] < 0.8 * losses[0]
    assert {"click_loss", "buy_loss"} <= set(history.history)
