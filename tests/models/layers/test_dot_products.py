"""Products of all pairs of fields."""

import keras
import numpy as np
import pytest

from mtl_rec.models.layers import DotProducts


@pytest.fixture
def fields():
    return np.random.default_rng(0).normal(size=(5, 4, 3)).astype("float32")


def test_every_pair_of_fields_is_multiplied_once(fields):
    products = np.array(DotProducts(3)(fields.reshape(5, 12)))

    pairs = [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)]
    expected = [np.sum(fields[:, i] * fields[:, j], axis=1) for i, j in pairs]
    np.testing.assert_allclose(products, np.stack(expected, axis=1), rtol=1e-5)


def test_it_is_the_layer_of_keras_rs(fields):
    theirs = pytest.importorskip("keras_rs").layers.DotInteraction()

    np.testing.assert_allclose(
        np.array(DotProducts(3)(fields.reshape(5, 12))),
        np.array(theirs([fields[:, i] for i in range(4)])),
        rtol=1e-5,
    )


def test_its_shape_is_known_without_a_batch(round_trip):
    layer = DotProducts(3)

    assert layer(keras.Input((12,))).shape == (None, 6)
    round_trip(layer)
