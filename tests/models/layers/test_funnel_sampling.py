"""The funnel on sampled negatives: Bayes' rule, and numbers that stay finite."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from mtl_rec.losses import FunnelLogLoss
from mtl_rec.models.layers import FunnelLogProbabilities, FunnelPredictions

# click -> {cart -> purchase, favourite}, and the spending given a purchase
TREE = [
    {"name": "click"},
    {"name": "cart", "after": "click"},
    {"name": "favourite", "after": "click"},
    {"name": "purchase", "after": "cart"},
    {
        "name": "spent",
        "after": "purchase",
        "kind": "regression",
        "mean": 30.0,
        "standard_deviation": 10.0,
    },
]
PATHS = {
    "click": [0],
    "cart": [0, 1],
    "favourite": [0, 2],
    "purchase": [0, 1, 3],
}
steps = st.lists(st.floats(-8, 8), min_size=4, max_size=4)
log_rates = st.floats(-12, 2)


def outputs_of(layer, inputs):
    return {k: ops.convert_to_numpy(v) for k, v in layer(inputs).items()}


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-np.asarray(x, np.float64)))


@settings(max_examples=60, deadline=None)
@given(steps, log_rates, log_rates)
def test_training_outputs_are_the_posterior_of_thinned_data(steps, log_rate, mean):
    """A population of which negatives were thinned, counted event by event."""
    steps = np.float32(steps)
    chances = sigmoid(steps)
    joint = {name: np.prod(chances[path]) for name, path in PATHS.items()}
    left_over = (1 - chances[0]) * np.exp(log_rate)
    kept = joint["click"] + left_over
    # The model's own logit is the population's, less what is served on top of it.
    logits = np.append(steps, 0.0)[np.newaxis].astype("float32")
    logits[0, 0] -= np.float32(mean)
    offset = np.array([[mean - log_rate]], "float32")

    trained = outputs_of(FunnelLogProbabilities(TREE), [logits, offset])

    for name, chance in joint.items():
        not_happened = (joint["click"] - chance) + left_over
        np.testing.assert_allclose(
            trained[name][0], np.log([chance / kept, not_happened / kept]), atol=1e-4
        )
    expected = joint["purchase"] / kept * 30.0
    np.testing.assert_allclose(trained["spent"], [[expected]], rtol=1e-4)


@settings(max_examples=60, deadline=None)
@given(steps, log_rates)
def test_served_outputs_are_those_of_the_population(steps, mean):
    chances = sigmoid(np.float32(steps))
    logits = np.append(steps, 0.0)[np.newaxis].astype("float32")
    logits[0, 0] -= np.float32(mean)
    tree = [{**TREE[0], "served_offset": mean}, *TREE[1:]]

    served = outputs_of(FunnelPredictions(tree), logits)

    for name, path in PATHS.items():
        np.testing.assert_allclose(served[name], [[chances[path].prod()]], rtol=1e-4)
    np.testing.assert_allclose(
        served["purchase_given_click"], [[chances[1] * chances[3]]], rtol=1e-4
    )


def test_training_does_not_see_what_is_served_on_top():
    logits = np.random.default_rng(0).normal(size=(50, 5)).astype("float32")
    tree = [{**TREE[0], "served_offset": -3.0}, *TREE[1:]]

    for name, values in outputs_of(FunnelLogProbabilities(TREE), logits).items():
        same = outputs_of(FunnelLogProbabilities(tree), logits)[name]
        np.testing.assert_array_equal(same, values)


def test_only_events_without_a_parent_are_corrected():
    stars = {"name": "stars", "kind": "regression"}
    tree = [TREE[0], {**TREE[1], "is_conditional": True}, stars]
    logits = np.random.default_rng(0).normal(size=(50, 3)).astype("float32")
    layer = FunnelLogProbabilities(tree)

    before = outputs_of(layer, logits)
    after = outputs_of(layer, [logits, np.full((50, 1), 2.0, "float32")])

    assert (after["click"][:, 0] > before["click"][:, 0]).all()
    np.testing.assert_array_equal(after["cart"], before["cart"])
    np.testing.assert_array_equal(after["stars"], before["stars"])


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("label", [0.0, 1.0])
def test_values_and_gradients_are_finite_at_extreme_offsets(jit, label):
    values = [-100.0, -20.0, 0.0, 20.0, 100.0]
    grid = np.stack(np.meshgrid(*[values] * 5), axis=-1).reshape(-1, 5)
    logits, offsets = grid[:, :4].astype("float32"), grid[:, 4:].astype("float32")
    inputs = {
        "x": keras.Input((4,), name="x"),
        "offset": keras.Input((1,), name="offset"),
    }
    shift = keras.layers.Dense(4, kernel_initializer="identity")
    funnel = FunnelLogProbabilities(TREE[:4])
    outputs = funnel([shift(inputs["x"]), inputs["offset"]])
    model = keras.Model(inputs, outputs)
    model.compile(
        keras.optimizers.SGD(1.0),
        loss={name: FunnelLogLoss() for name in PATHS},
        jit_compile=jit,
    )
    labels = {name: np.full((len(grid), 1), label, "float32") for name in PATHS}
    rows = {"x": logits, "offset": offsets}

    loss = model.train_on_batch(rows, labels, return_dict=True)["loss"]

    assert np.isfinite(loss)
    predicted = model.predict_on_batch(rows)
    assert all(np.isfinite(value).all() for value in predicted.values())
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


@pytest.mark.parametrize("offset", [-1e4, -100.0, 100.0])
def test_served_outputs_stay_probabilities_and_monotone(offset):
    tree = [{**TREE[0], "served_offset": offset}, *TREE[1:]]
    logits = np.random.default_rng(0).normal(size=(500, 5)).astype("float32") * 30

    served = outputs_of(FunnelPredictions(tree), logits)

    for name, parent in [("cart", "click"), ("favourite", "click")]:
        assert (served[name] <= served[parent]).all()
    assert (served["purchase"] <= served["cart"]).all()
    assert all(np.isfinite(values).all() for values in served.values())


def test_half_precision_does_not_round_the_offsets():
    offset = np.array([[-7.123456]], "float32")
    logits = np.zeros((1, 5), "float32")

    exact = outputs_of(FunnelLogProbabilities(TREE), [logits, offset])
    mixed = FunnelLogProbabilities(TREE, dtype="mixed_bfloat16")

    np.testing.assert_array_equal(
        outputs_of(mixed, [logits, offset])["click"], exact["click"]
    )


def test_shapes_are_those_of_the_logits_alone():
    funnel = FunnelLogProbabilities(TREE)

    with_offsets = funnel([keras.Input((5,)), keras.Input((1,))])

    shapes = {name: value.shape for name, value in with_offsets.items()}
    assert shapes == {n: v.shape for n, v in funnel(keras.Input((5,))).items()}
    assert shapes["click"] == (None, 2)
