"""The funnel's laws, for any logits, eager and jitted, on any backend."""

import re

import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.losses import FunnelLogLoss
from mtl_rec.models.layers import FunnelLogProbabilities, FunnelPredictions

# click -> {cart -> purchase -> value, favourite}
TREE = [
    {"name": "click"},
    {"name": "cart", "after": "click"},
    {"name": "favourite", "after": "click"},
    {"name": "purchase", "after": "cart"},
    {
        "name": "value",
        "after": "purchase",
        "kind": "regression",
        "is_conditional": True,
        "mean": 30.0,
        "standard_deviation": 10.0,
    },
]
EVENTS = ["click", "cart", "favourite", "purchase"]
PATHS = {
    "click": [0],
    "cart": [0, 1],
    "favourite": [0, 2],
    "purchase": [0, 1, 3],
}


def extreme_logits():
    """Every combination of logits at 0, +-20 and +-100."""
    values = [-100.0, -20.0, 0.0, 20.0, 100.0]
    grid = np.stack(np.meshgrid(*[values] * 4), axis=-1).reshape(-1, 4)
    return np.concatenate([grid, np.zeros((len(grid), 1))], axis=1).astype("float32")


def random_logits(scale=3.0):
    return np.random.default_rng(0).normal(size=(500, 5)).astype("float32") * scale


def outputs_of(layer, logits):
    return {k: ops.convert_to_numpy(v) for k, v in layer(logits).items()}


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x.astype("float64")))


@pytest.mark.parametrize("name", EVENTS)
def test_log_probabilities_are_those_of_the_product_along_the_path(name):
    logits = random_logits()
    expected = np.prod([sigmoid(logits[:, i]) for i in PATHS[name]], axis=0)

    outputs = outputs_of(FunnelLogProbabilities(TREE), logits)[name]

    np.testing.assert_allclose(outputs[:, 0], np.log(expected), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(outputs[:, 1], np.log1p(-expected), rtol=1e-4, atol=1e-6)


def trainable_funnel(jit):
    """Logits through an identity matrix that one step of gradient descent moves."""
    inputs = keras.Input((5,), name="x")
    shift = keras.layers.Dense(5, kernel_initializer="identity", name="shift")
    outputs = FunnelLogProbabilities(TREE)(shift(inputs))
    model = keras.Model(inputs, {name: outputs[name] for name in EVENTS})
    model.compile(
        keras.optimizers.SGD(1.0),
        loss={name: FunnelLogLoss() for name in EVENTS},
        jit_compile=jit,
    )
    return model


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("label", [0.0, 1.0])
def test_values_and_gradients_are_finite_at_logits_of_100(jit, label):
    logits = extreme_logits()
    model = trainable_funnel(jit)
    labels = {name: np.full((len(logits), 1), label, "float32") for name in EVENTS}

    loss = model.train_on_batch(logits, labels, return_dict=True)["loss"]
    values = model.predict_on_batch(logits)

    assert np.isfinite(loss)
    assert all(np.isfinite(value).all() for value in values.values())
    kernel, bias = model.get_weights()
    assert np.isfinite(kernel).all()
    assert np.isfinite(bias).all()
    assert not np.array_equal(kernel, np.eye(5))


def test_probabilities_never_increase_along_the_funnel():
    for logits in (extreme_logits(), random_logits(), random_logits(30.0)):
        outputs = outputs_of(FunnelPredictions(TREE), logits)

        assert (outputs["cart"] <= outputs["click"]).all()
        assert (outputs["favourite"] <= outputs["click"]).all()
        assert (outputs["purchase"] <= outputs["cart"]).all()


def test_conditional_outputs_agree_with_the_joint_ones():
    outputs = outputs_of(FunnelPredictions(TREE), random_logits())

    for task, given in [
        ("cart", "click"),
        ("favourite", "click"),
        ("purchase", "click"),
        ("purchase", "cart"),
        ("value", "click"),
        ("value", "cart"),
        ("value", "purchase"),
    ]:
        product = outputs[given] * outputs[f"{task}_given_{given}"]
        np.testing.assert_allclose(product, outputs[task], rtol=1e-5)


def test_every_event_and_every_ancestor_condition_has_a_name():
    assert set(outputs_of(FunnelPredictions(TREE), random_logits())) == {
        *("click", "cart", "favourite", "purchase", "value"),
        *("cart_given_click", "favourite_given_click"),
        *("purchase_given_click", "purchase_given_cart"),
        *("value_given_click", "value_given_cart", "value_given_purchase"),
    }


def test_a_value_is_in_units_of_its_label():
    outputs = outputs_of(FunnelPredictions(TREE), np.zeros((1, 5), "float32"))

    np.testing.assert_allclose(outputs["value_given_purchase"], [[30.0]])
    np.testing.assert_allclose(outputs["value"], [[30.0 / 8]])


def test_an_event_trained_given_its_parent_has_only_its_own_step():
    tasks = [TREE[0], {**TREE[1], "is_conditional": True}]
    logits = random_logits()[:, :2]

    trained = outputs_of(FunnelLogProbabilities(tasks), logits)["cart"]

    expected = np.log(sigmoid(logits[:, 1]))
    np.testing.assert_allclose(trained[:, 0], expected, rtol=1e-5)
    np.testing.assert_allclose(trained[:, 1], np.log(sigmoid(-logits[:, 1])), rtol=1e-5)


def test_outputs_are_float32_under_mixed_precision():
    layer = FunnelPredictions(TREE, dtype="mixed_bfloat16")

    outputs = layer(random_logits())

    kinds = {keras.backend.standardize_dtype(v.dtype) for v in outputs.values()}
    assert kinds == {"float32"}


def test_a_parent_that_comes_later_is_refused():
    text = "`after` of task 'cart' must name an earlier task. Received: 'click'."
    with pytest.raises(ValueError, match=re.escape(text)):
        FunnelPredictions([TREE[1], TREE[0]])


@pytest.mark.parametrize("layer", [FunnelLogProbabilities, FunnelPredictions])
def test_config_round_trip_is_json(layer, round_trip):
    round_trip(layer(TREE, name="funnel"))
