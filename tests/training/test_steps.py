"""The owned step: equal to Adam on dense gradients, row by row, jitted or not."""

import keras
import numpy as np
import pytest
from compilation import JIT, SLOW_ON_TENSORFLOW
from keras import ops

from mtl_rec.losses import funnel_losses
from mtl_rec.models.layers import FieldLinear, FusedEmbedding
from mtl_rec.optimizers import SGD, LazyAdam, RowAdagrad, SplitOptimizer
from mtl_rec.training import Batches, TrainableModel


@keras.saving.register_keras_serializable("test")
class OneHotEmbedding(keras.layers.Layer):
    """The same look-up as a matrix product: its gradient is dense and summed."""

    def __init__(self, original, **kwargs):
        super().__init__(**kwargs)
        self.offsets, self.returns_table = original.offsets, original.returns_table
        (table,) = original.get_weights()
        self.table = self.add_weight(shape=table.shape)
        self.table.assign(table)

    def call(self, parts):
        outputs, start = [], 0
        for ids in parts:
            stop = start + ids.shape[1]
            rows = ids + np.array(self.offsets[start:stop], "int32")
            one_hot = ops.one_hot(rows, self.table.shape[0], dtype="float32")
            outputs.append(ops.matmul(one_hot, self.table))
            start = stop
        return outputs + [ops.convert_to_tensor(self.table)] * self.returns_table


@keras.saving.register_keras_serializable("test")
class PlainFieldLinear(FieldLinear):
    """Multiplies the embeddings, in training too."""

    def call(self, embedded, ids, table):
        return super().call(embedded, ids, table, training=False)


def dense_twin(model, schema, **clipping):
    """The same weights and graph, trained by Keras' own step with dense tables."""

    def replace(layer):
        if isinstance(layer, FusedEmbedding):
            return OneHotEmbedding(layer, name=layer.name)
        kind = PlainFieldLinear if isinstance(layer, FieldLinear) else layer.__class__
        return kind.from_config(layer.get_config())

    plain = keras.Model(model.input, model.output)
    twin = keras.models.clone_model(plain, clone_function=replace)
    weights = {weight.path: weight for weight in twin.weights}
    for weight in model.weights:
        if not weight.path.endswith("/table"):
            weights[weight.path].assign(ops.convert_to_numpy(weight))
    twin.compile(keras.optimizers.Adam(0.01, **clipping), funnel_losses(schema.tasks))
    return twin


def recompiled(model, optimizer, whole_table_rows, jit=False):
    """Tables of 40 rows are swept whole, or row by row where none may be.

    XLA takes seconds to compile, so few tests ask for it. On JAX it compiles each
    operation apart where it may not compile all, which takes longer.
    """
    model.compile(
        optimizer,
        model.loss,
        jit_compile=jit or JIT,
        whole_table_rows=whole_table_rows,
    )
    return model


WHOLE, BY_ROW = 1000, 0


@pytest.mark.parametrize(
    ("jit", "clipping", "whole_table_rows"),
    [
        pytest.param(True, {}, WHOLE, marks=SLOW_ON_TENSORFLOW),
        pytest.param(True, {}, BY_ROW, marks=SLOW_ON_TENSORFLOW),
        pytest.param(False, {"global_clipnorm": 0.05}, WHOLE, marks=SLOW_ON_TENSORFLOW),
        (False, {"global_clipnorm": 0.05}, BY_ROW),
    ],
)
def test_tables_and_dense_weights_move_as_under_dense_adam(
    jit, clipping, whole_table_rows, make_model, schema, exposures
):
    """Every id occurs in every batch, so that lazy and dense Adam are one thing."""
    model = make_model()
    recompiled(model, LazyAdam(0.01, **clipping), whole_table_rows, jit)
    twin = dense_twin(model, schema, **clipping)
    every_id = np.arange(40, dtype="int32")
    inputs = {name: array[:200].copy() for name, array in exposures.inputs.items()}
    inputs["user_ids"][:40, 1] = every_id
    inputs["item_ids"][:40, 0] = every_id
    inputs["user_ids"][:40, 0] = every_id % 8
    inputs["context_ids"][:40, 0] = every_id % 10
    labels = {n: a[:200] for n, a in exposures.training_labels().items()}

    for _ in range(5):
        ours = model.train_on_batch(inputs, labels, return_dict=True)
        theirs = twin.train_on_batch(inputs, labels, return_dict=True)

    assert ours["loss"] == pytest.approx(theirs["loss"], rel=1e-5)
    moved = {(w.path.split("/")[0], w.shape): w for w in twin.weights}
    for weight in model.weights:
        other = moved[(weight.path.split("/")[0], weight.shape)]
        np.testing.assert_allclose(
            ops.convert_to_numpy(weight),
            ops.convert_to_numpy(other),
            atol=2e-6,
            rtol=2e-5,
        )


OPTIMIZERS = {
    "lazy_adam": lambda: LazyAdam(0.01),
    "row_adagrad": lambda: RowAdagrad(0.05),
    "sgd": lambda: SGD(0.5),
    "split": lambda: SplitOptimizer(RowAdagrad(0.05), keras.optimizers.AdamW(0.01)),
    "clipped": lambda: LazyAdam(0.01, global_clipnorm=0.1),
}
# Each compiles two models: one of them stands for all in the quick run.
optimizers = pytest.mark.parametrize(
    "optimizer",
    [
        pytest.param(name, marks=[] if name == "clipped" else [pytest.mark.slow])
        for name in OPTIMIZERS
    ],
)


def trained(model, exposures, steps_per_call=1, epochs=2):
    batches = Batches(exposures, 50, steps_per_call=steps_per_call)
    model.fit(batches, epochs=epochs, shuffle=False, verbose=0)
    return model.get_weights() + [
        ops.convert_to_numpy(v) for v in model.optimizer.variables
    ]


@optimizers
def test_sweeping_a_table_and_touching_its_rows_are_one_thing(
    optimizer, make_model, exposures
):
    whole, by_row = (
        trained(recompiled(make_model(), OPTIMIZERS[optimizer](), rows), exposures)
        for rows in (WHOLE, BY_ROW)
    )

    for one, other in zip(whole, by_row, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-6, rtol=2e-5)


@pytest.mark.parametrize(
    ("optimizer", "whole_table_rows", "jit"),
    [
        pytest.param("lazy_adam", WHOLE, True, marks=SLOW_ON_TENSORFLOW),
        pytest.param("lazy_adam", BY_ROW, True, marks=pytest.mark.slow),
        ("clipped", BY_ROW, False),
        pytest.param("row_adagrad", BY_ROW, False, marks=pytest.mark.slow),
        pytest.param("split", WHOLE, False, marks=pytest.mark.slow),
    ],
)
def test_several_batches_in_a_call_train_as_one_after_the_other(
    optimizer, whole_table_rows, jit, make_model, exposures
):
    one, several = (
        trained(
            recompiled(make_model(), OPTIMIZERS[optimizer](), whole_table_rows, jit),
            exposures,
            steps_per_call,
        )
        for steps_per_call in (1, 4)
    )

    for single, stacked in zip(one, several, strict=True):
        np.testing.assert_allclose(single, stacked, atol=2e-6, rtol=2e-5)


def test_the_loss_of_a_call_is_the_mean_of_its_batches(make_model, exposures):
    """At a rate of nearly nothing all batches meet the same weights."""
    losses = []
    for steps_per_call in (1, 4):
        model = recompiled(make_model(), SGD(1e-12), WHOLE)
        batches = Batches(exposures, 50, steps_per_call=steps_per_call)
        history = model.fit(batches, shuffle=False, verbose=0)
        losses.append(history.history["loss"][0])

    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_metrics_see_every_batch_of_a_call(make_model, exposures):
    model = make_model()
    seen = keras.metrics.MeanMetricWrapper(lambda y, _: ops.ones_like(y), name="rows")
    model.compile(LazyAdam(), model.loss, metrics={"click": seen})

    model.fit(
        Batches(exposures, 50, steps_per_call=4), epochs=1, shuffle=False, verbose=0
    )

    assert float(ops.convert_to_numpy(seen.count)) == len(exposures)


@pytest.mark.parametrize("whole_table_rows", [WHOLE, BY_ROW])
def test_only_the_rows_of_the_batch_move(whole_table_rows, make_model, exposures):
    model = recompiled(make_model(), LazyAdam(), whole_table_rows)
    earlier, batch = (
        tuple(
            {name: array[rows] for name, array in group.items()}
            for group in (exposures.inputs, exposures.training_labels())
        )
        for rows in (slice(8, 16), slice(8))
    )
    # So that rows which this batch does not hold have moments that could move them.
    model.train_on_batch(*earlier)
    before = [held_of(model, layer) for layer in model.tables]

    tensors = {name: ops.convert_to_tensor(a) for name, a in batch[0].items()}
    ids = model.table_ids(tensors)
    model.train_on_batch(*batch)

    moments_at_rest = 0
    for layer, old in zip(model.tables, before, strict=True):
        rows = np.unique(ops.convert_to_numpy(layer.rows(ids[layer])))
        untouched = np.setdiff1d(np.arange(layer.num_rows), rows)
        new = held_of(model, layer)
        for array, earlier_array in zip(new, old, strict=True):
            np.testing.assert_array_equal(array[untouched], earlier_array[untouched])
            assert not np.array_equal(array[rows], earlier_array[rows])
        moments_at_rest += np.count_nonzero(old[1][untouched])
    assert moments_at_rest


def held_of(model, layer):
    """A table and what the optimizer remembers of its rows."""
    variables = [layer.table, *model.optimizer.row_slots(layer.table)]
    return [np.array(ops.convert_to_numpy(variable)) for variable in variables]


@pytest.mark.parametrize("whole_table_rows", [WHOLE, BY_ROW])
def test_a_frozen_table_stays(whole_table_rows, make_model, exposures):
    model = make_model()
    frozen = model.get_layer("embedding_3")
    frozen.trainable = False
    recompiled(model, LazyAdam(), whole_table_rows)
    before = frozen.get_weights()[0]

    model.fit(Batches(exposures, 64), epochs=1, shuffle=False, verbose=0)

    np.testing.assert_array_equal(frozen.get_weights()[0], before)


def test_xla_is_left_out_by_itself_where_keras_drops_units_out(make_model, schema):
    inputs = make_model(dropout=0.2)
    dropped = keras.layers.Dropout(0.2)(inputs.get_layer("mixture").output)
    body = keras.Model(inputs.input, keras.layers.Flatten()(dropped))
    model = TrainableModel(body.input, keras.layers.Dense(1)(body.output))

    model.compile(LazyAdam(), "mse")

    assert make_model(dropout=0.2, jit=None).jit_dense_part is True
    assert model.jit_dense_part is False


def test_a_step_is_compiled_unless_the_config_says_otherwise(make_model):
    on_jax = keras.backend.backend() == "jax"
    compiled = [
        model.jit_compile if on_jax else model.jit_dense_part
        for model in (make_model(jit=jit) for jit in (None, True, False))
    ]

    assert compiled == [True, True, False]


def test_the_loss_goes_down_with_dropout(make_model, exposures):
    model = make_model(dropout=0.2, jit=None, optimizer={"learning_rate": 0.02})

    history = model.fit(Batches(exposures, 64), epochs=6, shuffle=False, verbose=0)

    losses = history.history["loss"]
    assert losses[-1] < 0.8 * losses[0]
    assert {"click_loss", "buy_loss"} <= set(history.history)
