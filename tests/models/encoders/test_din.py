"""Target attention against the paper's formula, by hand."""

import numpy as np
import pytest
from keras import ops

from mtl_rec.models.encoders import TargetAttention

# Two units of the attention's network on [step, candidate, difference, product].
KERNEL = np.array(
    [
        [1.0, 0.0],  # step
        [0.0, 1.0],
        [2.0, 0.0],  # candidate
        [0.0, -1.0],
        [0.0, 1.0],  # step less candidate
        [1.0, 0.0],
        [0.5, 0.0],  # step times candidate
        [0.0, 3.0],
    ]
)
CANDIDATE = np.array([[1.0, 2.0]], "float32")
STEPS = np.array([[[3.0, 1.0], [-1.0, 0.0], [8.0, 8.0]]], "float32")
IDS = np.array([[4, 2, 0]], "int32")


def make_layer(**settings):
    layer = TargetAttention([2], **settings)
    layer.build((None, 3, 2), (None, 3), (None, 2))
    weights = {
        "kernel_0": KERNEL,
        "bias_0": [0.5, -1.0],
        "slope_0": [0.1, 0.2],
        "kernel_1": [[1.0], [-2.0]],
        "bias_1": [0.25],
        "default": [9.0, 9.0],
    }
    for name, value in weights.items():
        layer.own[name].assign(value)
    return layer


@pytest.fixture
def layer():
    """As the paper has it, of vectors as they are."""
    return make_layer(is_scaled=False)


def vector(layer, steps=STEPS, ids=IDS):
    return ops.convert_to_numpy(layer(steps, ids, CANDIDATE))


def test_attention_is_that_of_an_example_worked_by_hand(layer):
    # Step [3, 1]: [3, 1 | 1, 2 | 2, -1 | 3, 2].
    #   unit 0:  3 + 2 - 1 + 1.5 + 0.5 = 6
    #   unit 1:  1 - 2 + 2 + 6 - 1 = 6
    #   weight:  6 - 2 * 6 + 0.25 = -5.75
    # Step [-1, 0]: [-1, 0 | 1, 2 | -2, -2 | -1, 0].
    #   unit 0: -1 + 2 - 2 - 0.5 + 0.5 = -1, and a tenth of it is -0.1
    #   unit 1:  0 - 2 - 2 + 0 - 1 = -5, and a fifth of it is -1
    #   weight: -0.1 - 2 * -1 + 0.25 = 2.15
    # The third step is padding.
    expected = (-5.75 * STEPS[:, 0] + 2.15 * STEPS[:, 1]) / 2

    weights = ops.convert_to_numpy(layer.step_weights(STEPS, CANDIDATE))

    np.testing.assert_allclose(weights[:, :2], [[-5.75, 2.15]], rtol=1e-6)
    np.testing.assert_allclose(vector(layer), expected, rtol=1e-6)


def test_a_repeated_item_is_not_its_mean_but_as_large_as_it_fits(layer):
    repeated = vector(layer, STEPS[:, [0, 0, 2]], np.array([[4, 4, 0]], "int32"))

    # A softmax would give the item itself, however it fits.
    np.testing.assert_allclose(repeated, -5.75 * STEPS[:, 0], rtol=1e-6)


def scaled(vectors):
    return vectors / np.sqrt(np.mean(vectors**2, axis=-1, keepdims=True))


def test_the_network_sees_vectors_of_mean_square_one(layer):
    steps, candidate = scaled(STEPS), scaled(CANDIDATE)

    wanted = layer.step_weights(steps, candidate)

    # As large as embeddings are at first.
    for size in (1.0, 0.01):
        found = make_layer().step_weights(STEPS * size, CANDIDATE * size)
        np.testing.assert_allclose(*map(ops.convert_to_numpy, (found, wanted)), 1e-2)


def test_what_is_weighed_is_not_scaled():
    layer = make_layer()
    weights = ops.convert_to_numpy(layer.step_weights(STEPS, CANDIDATE))

    expected = (weights[:, :2, None] * STEPS[:, :2]).mean(axis=1)

    np.testing.assert_allclose(vector(layer), expected, rtol=1e-5)


def test_a_layer_that_was_saved_before_there_was_scaling_reads_vectors_as_they_are():
    config = TargetAttention([2]).get_config()
    assert TargetAttention.from_config(config).is_scaled

    del config["is_scaled"]

    assert not TargetAttention.from_config(config).is_scaled


def test_before_anything_is_learned_it_is_the_mean_of_the_history():
    layer = TargetAttention([2])
    layer.build((None, 3, 2), (None, 3), (None, 2))

    weights = ops.convert_to_numpy(layer.step_weights(STEPS, CANDIDATE))
    found = ops.convert_to_numpy(layer(STEPS, IDS, CANDIDATE))

    np.testing.assert_array_equal(weights, np.ones((1, 3)))
    np.testing.assert_allclose(found, STEPS[:, :2].mean(axis=1), rtol=1e-6)
