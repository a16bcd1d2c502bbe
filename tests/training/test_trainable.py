import re
from dataclasses import replace

import keras
import numpy as np
import pytest
from compilation import JIT
from keras import ops

from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.training import Training
from mtl_rec.losses import funnel_losses
from mtl_rec.models import build_model
from mtl_rec.optimizers import LazyAdam
from mtl_rec.training import Batches, TrainableModel, make_trainable

SPLIT = {"kind": "split", "tables": {"kind": "row_adagrad"}}


def add_to_tables(section, **settings):
    """The section of an optimizer with more settings of the one for tables."""
    if "tables" in section:
        return {**section, "tables": {**section["tables"], **settings}}
    return {**section, **settings}


def fit(model, exposures, epochs=2):
    model.fit(Batches(exposures, 64, seed=1), epochs=epochs, shuffle=False, verbose=0)
    return model.get_weights()


def test_equal_seeds_give_equal_weights(make_model, exposures):
    first, second, other = (
        fit(make_model(seed=seed), exposures, epochs=1) for seed in (3, 3, 4)
    )

    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, two)
    assert any(not np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize(
    "optimizer",
    [
        {"kind": "lazy_adam"},
        pytest.param(
            {
                "kind": "split",
                "tables": {"kind": "row_adagrad", "global_clipnorm": 1.0},
            },
            marks=pytest.mark.slow,
        ),
        pytest.param({"kind": "row_adagrad"}, marks=pytest.mark.slow),
        pytest.param({"kind": "sgd"}, marks=pytest.mark.slow),
    ],
    ids=lambda section: section["kind"],
)
def test_a_saved_model_goes_on_training_as_if_nothing_happened(
    optimizer, make_model, exposures, tmp_path
):
    # What is restored is compiled as pays where it is.
    model = make_model(optimizer=optimizer, jit=None)
    fit(model, exposures)
    model.save(tmp_path / "model.keras")

    restored = keras.saving.load_model(tmp_path / "model.keras")

    assert isinstance(restored, TrainableModel)
    for one, two in zip(
        fit(model, exposures, 1), fit(restored, exposures, 1), strict=True
    ):
        np.testing.assert_array_equal(one, two)


def test_keras_validation_metrics_and_callbacks_work(make_model, exposures):
    model = make_model()
    labels = exposures.training_labels()
    seen = []

    history = model.fit(
        dict(exposures.inputs),
        labels,
        batch_size=100,
        validation_data=(dict(exposures.inputs), labels),
        epochs=2,
        verbose=0,
        callbacks=[
            keras.callbacks.LambdaCallback(on_epoch_end=lambda e, _: seen.append(e))
        ],
    )

    assert seen == [0, 1]
    evaluated = model.evaluate(
        dict(exposures.inputs), labels, verbose=0, return_dict=True
    )
    assert history.history["val_loss"][-1] == pytest.approx(evaluated["loss"], rel=1e-5)


def test_the_model_it_was_made_of_shares_its_weights(schema, exposures):
    keras.utils.set_random_seed(0)
    bottom = SharedBottom(kind="shared_bottom", bottom_units=[4], tower_units=[4])
    model = build_model(Model(architecture=bottom), schema)

    trainable = make_trainable(model, Training(batch_size=64, jit=JIT), schema)
    fit(trainable, exposures)

    inputs = dict(exposures.inputs)
    ours = trainable.predict(inputs, verbose=0)
    theirs = model.predict(inputs, verbose=0)
    np.testing.assert_array_equal(ours["click"], theirs["click"])


def test_a_last_batch_of_another_size_trains_too(make_model, exposures):
    model = make_model()

    model.fit(
        dict(exposures.inputs),
        exposures.training_labels(),
        batch_size=256,
        verbose=0,
    )

    assert int(ops.convert_to_numpy(model.optimizer.iterations)) == 3


def test_bfloat16_trains_and_keeps_the_tables_in_float32(schema, exposures):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        bottom = SharedBottom(kind="shared_bottom", bottom_units=[4], tower_units=[4])
        model = build_model(Model(architecture=bottom), schema)
        trainable = make_trainable(model, Training(batch_size=64, jit=JIT), schema)
        weights = fit(trainable, exposures, 1)
    finally:
        keras.config.set_dtype_policy("float32")

    assert all(np.isfinite(weight).all() for weight in weights)
    assert {layer.table.dtype for layer in trainable.tables} == {"float32"}
    outputs = trainable.predict(dict(exposures.inputs), verbose=0)
    assert outputs["click"].dtype == np.float32


def test_an_optimizer_that_does_not_know_tables_is_refused(make_model, schema):
    text = "`optimizer` must be one of `mtl_rec.optimizers`"
    with pytest.raises(ValueError, match=re.escape(text)):
        make_model().compile(keras.optimizers.SGD(), funnel_losses(schema.tasks))


def test_loss_weights_scale_the_sum(make_model, schema, exposures):
    model = make_model()
    labels = exposures.training_labels()
    model.compile(LazyAdam(), funnel_losses(schema.tasks), {"click": 2.0, "buy": 0.0})

    logs = model.evaluate(
        dict(exposures.inputs), labels, batch_size=600, verbose=0, return_dict=True
    )

    assert logs["loss"] == pytest.approx(2 * logs["click_loss"], rel=1e-5)


@pytest.mark.parametrize("section", [{"kind": "sgd"}, SPLIT], ids=["sgd", "split"])
def test_the_pull_of_embeddings_is_divided_among_the_training_rows(section, schema):
    config = Training(optimizer=add_to_tables(section, l2=30.0))
    architecture = SharedBottom(kind="shared_bottom")
    model = build_model(Model(architecture=architecture), schema)
    optimizer = make_trainable(model, config, schema).optimizer.row_optimizer()
    assert optimizer.l2_penalty == 30.0 / schema.num_exposures


def test_a_task_counts_as_much_as_its_config_says(make_model, schema, exposures):
    click, buy = schema.tasks
    tasks = (click, buy.model_copy(update={"loss_weight": 3.0}))
    model = make_trainable(make_model(), Training(), replace(schema, tasks=tasks))

    logs = model.evaluate(
        dict(exposures.inputs),
        exposures.training_labels(),
        batch_size=600,
        verbose=0,
        return_dict=True,
    )

    weighted = logs["click_loss"] + 3 * logs["buy_loss"]
    assert logs["loss"] == pytest.approx(weighted, rel=1e-5)
