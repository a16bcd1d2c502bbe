import re

import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.models.layers import ParallelMLP


def reference(inputs, layer):
    """Each network on its own, in plain numpy."""
    outputs = []
    for network in range(layer.num_networks):
        x = inputs if inputs.ndim == 2 else inputs[:, network]
        for kernel, bias in zip(layer.kernels, layer.biases, strict=True):
            kernel, bias = (ops.convert_to_numpy(w)[network] for w in (kernel, bias))
            x = np.maximum(x @ kernel + bias, 0.0)
        outputs.append(x)
    return np.stack(outputs, axis=1)


@pytest.mark.parametrize("shape", [(6, 4), (6, 3, 4)])
def test_each_network_is_a_stack_of_dense_layers_of_its_own(shape):
    keras.utils.set_random_seed(0)
    inputs = np.random.default_rng(0).normal(size=shape).astype("float32")
    layer = ParallelMLP(num_networks=3, units=[5, 2])

    outputs = ops.convert_to_numpy(layer(inputs))
    for bias in layer.biases:
        bias.assign(np.random.default_rng(1).normal(size=bias.shape))
    shifted = ops.convert_to_numpy(layer(inputs))

    assert outputs.shape == (6, 3, 2)
    np.testing.assert_allclose(shifted, reference(inputs, layer), atol=1e-5)


def test_networks_start_from_different_weights():
    keras.utils.set_random_seed(0)
    layer = ParallelMLP(2, [4])
    layer.build((None, 3))

    first, second = ops.convert_to_numpy(layer.kernels[0])

    assert not np.allclose(first, second)


def test_dropout_works_in_training_only():
    layer = ParallelMLP(2, [64], dropout=0.5)
    inputs = np.ones((8, 4), "float32")

    calm = ops.convert_to_numpy(layer(inputs))
    wild = ops.convert_to_numpy(layer(inputs, training=True))

    np.testing.assert_array_equal(calm, ops.convert_to_numpy(layer(inputs)))
    assert not np.array_equal(calm, wild)


def test_a_wrong_number_of_networks_is_refused():
    text = "`inputs` must have num_networks=3 on axis 1. Received: inputs.shape=(None,"
    with pytest.raises(ValueError, match=re.escape(text)):
        ParallelMLP(3, [4]).build((None, 2, 4))


def test_no_units_are_refused():
    text = "`units` must not be empty. Received: num_networks=1, units=[]."
    with pytest.raises(ValueError, match=re.escape(text)):
        ParallelMLP(1, [])


def test_config_round_trip_is_json(round_trip):
    round_trip(ParallelMLP(3, (8, 4), dropout=0.1, name="experts"))
