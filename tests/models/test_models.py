"""Every architecture answers the same questions."""

import keras
import numpy as np
import pytest
from compilation import EAGER
from keras import ops

from mtl_rec.config.model import MMoE, Model, SharedBottom, SingleTask
from mtl_rec.losses import funnel_losses
from mtl_rec.models import build_model, load_model, probability_model

ARCHITECTURES = [
    SharedBottom(kind="shared_bottom", bottom_units=[8], tower_units=[4]),
    MMoE(kind="mmoe", num_experts=3, expert_units=[8, 4], tower_units=[4]),
    SingleTask(kind="single_task", bottom_units=[8, 6], tower_units=[4]),
]


@pytest.fixture(params=ARCHITECTURES, ids=lambda config: config.kind)
def model(request, schema):
    keras.utils.set_random_seed(0)
    return build_model(Model(architecture=request.param, embedding_dim=6), schema)


def tables(model, name):
    """One, or one for each network."""
    found = [layer for layer in model.layers if layer.name.split(".")[-1] == name]
    assert found
    return found


def numpy_of(outputs):
    return {name: ops.convert_to_numpy(value) for name, value in outputs.items()}


def test_outputs_are_log_probabilities_by_task(model, batch):
    outputs = numpy_of(model(batch))

    assert {name: value.shape for name, value in outputs.items()} == {
        "click": (32, 2),
        "add_to_cart": (32, 2),
        "favourite": (32, 2),
        "purchase": (32, 2),
        "order_value": (32, 1),
    }
    for name in ("click", "add_to_cart", "favourite", "purchase"):
        np.testing.assert_allclose(np.exp(outputs[name]).sum(axis=1), 1.0, rtol=1e-5)


def test_served_outputs_are_named_and_follow_the_funnel(model, batch, schema):
    outputs = numpy_of(probability_model(model)(batch))

    assert set(outputs) == {output.name for output in schema.funnel.outputs()}
    assert all(value.shape == (32, 1) for value in outputs.values())
    assert (outputs["purchase"] <= outputs["add_to_cart"]).all()
    assert (outputs["add_to_cart"] <= outputs["click"]).all()


def test_served_probabilities_are_those_that_were_trained(model, batch):
    trained, served = numpy_of(model(batch)), numpy_of(probability_model(model)(batch))

    for name in ("click", "add_to_cart", "purchase"):
        np.testing.assert_allclose(
            np.exp(trained[name][:, :1]), served[name], rtol=1e-6
        )
    np.testing.assert_allclose(
        np.exp(trained["favourite"][:, :1]),
        served["favourite_given_click"],
        rtol=1e-6,
    )


def test_every_weight_learns(model, batch, schema):
    before = model.get_weights()
    model.compile(
        keras.optimizers.SGD(1.0), funnel_losses(schema.tasks), run_eagerly=EAGER
    )
    labels = {task.name: np.ones((32, 1), "float32") for task in schema.tasks}

    model.train_on_batch(batch, labels)

    for weight, old in zip(model.weights, before, strict=True):
        assert not np.array_equal(ops.convert_to_numpy(weight), old), weight.path


def test_padding_rows_do_not_learn_from_lists(model, batch, schema):
    batch["title"][:] = 0
    before = {layer.name: layer.get_weights() for layer in model.layers}
    model.compile(
        keras.optimizers.SGD(1.0), funnel_losses(schema.tasks), run_eagerly=EAGER
    )
    labels = {task.name: np.ones((32, 1), "float32") for task in schema.tasks}

    model.train_on_batch(batch, labels)

    # Width 4 holds user ids (12 rows), then title tokens.
    title_rows = slice(12, None)
    for layer in tables(model, "small_embedding_4"):
        (old,), (new,) = before[layer.name], layer.get_weights()
        np.testing.assert_array_equal(new[title_rows], old[title_rows])
        assert not np.array_equal(new[:12], old[:12])


def test_a_saved_file_restores_the_same_predictions(model, batch, tmp_path):
    model.save(tmp_path / "model.keras")

    restored = load_model(tmp_path / "model.keras")

    before, after = numpy_of(model(batch)), numpy_of(restored(batch))
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value)
    assert set(probability_model(restored)(batch)) == set(
        probability_model(model)(batch)
    )


def test_a_model_can_be_saved_after_its_probabilities_were_asked_for(
    model, batch, tmp_path
):
    probability_model(model)

    model.save(tmp_path / "model.keras")

    assert set(load_model(tmp_path / "model.keras")(batch)) == set(model(batch))


def test_features_that_share_a_vocabulary_share_rows(model, schema):
    for layer in tables(model, "small_embedding_6"):
        assert layer.num_rows == sum(
            v.num_ids for v in schema.vocabularies.values() if v.embedding_dim is None
        )
