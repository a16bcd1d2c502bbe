"""A layer of a deep and cross network."""

import keras
import numpy as np
import pytest

from mtl_rec.models.layers import FeatureCross

FIRST, BEFORE = np.array([[2.0, 3.0]]), np.array([[5.0, 7.0]])


def test_the_first_fields_are_multiplied_with_a_linear_layer_of_the_last():
    layer = FeatureCross()
    layer.build((None, 2), (None, 2))
    layer.set_weights([np.array([[1.0, 10.0], [100.0, 1000.0]]), np.array([0.5, 0.25])])

    crossed = np.array(layer(FIRST, BEFORE))

    # 5 * 1 + 7 * 100 + 0.5, and 5 * 10 + 7 * 1000 + 0.25.
    np.testing.assert_allclose(crossed, [[2 * 705.5 + 5, 3 * 7050.25 + 7]])


def test_with_a_rank_the_matrix_is_a_product_of_two():
    layer = FeatureCross(rank=1)
    layer.build((None, 2), (None, 2))
    layer.set_weights([np.array([[1.0], [2.0]]), np.array([[3.0, 4.0]]), np.zeros(2)])

    crossed = np.array(layer(FIRST, BEFORE))

    # 5 * 1 + 7 * 2 = 19.
    np.testing.assert_allclose(crossed, [[2 * 19 * 3 + 5, 3 * 19 * 4 + 7]])


@pytest.mark.parametrize("rank", [None, 2])
def test_it_is_the_layer_of_keras_rs(rank):
    theirs = pytest.importorskip("keras_rs").layers.FeatureCross(projection_dim=rank)
    first, before = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
    ours = FeatureCross(rank)
    ours(first, before)
    theirs(first, before)
    theirs.set_weights(ours.get_weights())

    np.testing.assert_allclose(
        np.array(ours(first, before)), np.array(theirs(first, before)), rtol=1e-5
    )


def test_config_round_trip(round_trip):
    layer = FeatureCross(rank=2, name="cross")

    assert layer(keras.Input((4,)), keras.Input((4,))).shape == (None, 4)
    assert [w.path for w in layer.weights] == [
        "cross/kernel_in",
        "cross/kernel_out",
        "cross/bias",
    ]
    round_trip(layer)
