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


@pytest.fixture
def layer():
    layer = TargetAttention([2])
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


def test_at_first_target_attention_is_the_mean_of_the_history():
    layer = TargetAttention([2])
    layer.build((None, 3, 2), (None, 3), (None, 2))
    steps = STEPS * 1e-4

    found = ops.convert_to_numpy(layer(steps, IDS, CANDIDATE * 1e-4))

    np.testing.assert_allclose(found, steps[:, :2].mean(axis=1), rtol=1e-3)


def test_before_anything_is_learned_all_steps_count_alike():
    layer = TargetAttention([2])
    layer.build((None, 3, 2), (None, 3), (None, 2))

    # As embeddings are at first.
    weights = layer.step_weights(STEPS * 1e-4, CANDIDATE * 1e-4)

    np.testing.assert_allclose(ops.convert_to_numpy(weights), 1.0, atol=1e-3)
