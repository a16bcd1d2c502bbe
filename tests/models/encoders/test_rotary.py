"""Queries and keys turned by their places."""

import numpy as np
import pytest
from keras import ops

from mtl_rec.models.encoders import TransformerEncoder
from mtl_rec.models.encoders.rotary import rotated

LENGTH = 6


def scores(queries, keys, places):
    """(places of queries, places of keys)."""
    places = np.asarray(places)[None]
    asked, seen = (
        ops.convert_to_numpy(rotated(own, places)) for own in (queries, keys)
    )
    return (asked @ seen.transpose(0, 1, 3, 2))[0, 0]


def alike(width):
    """The same query and the same key at every place."""
    random = np.random.default_rng(0)
    return [
        np.tile(random.normal(size=(1, 1, 1, width)), (1, 1, LENGTH, 1)).astype("f")
        for _ in range(2)
    ]


def test_an_angle_is_that_of_an_example_worked_by_hand():
    vectors = np.array([[[[1.0, 2.0, 3.0, 4.0, 5.0]]]], "float32")

    turned = ops.convert_to_numpy(rotated(vectors, np.array([[3]])))[0, 0, 0]

    # Pairs (1, 3) by an angle of 3 and (2, 4) by 3 / 100; the last has no other.
    expected = [
        np.cos(3) - 3 * np.sin(3),
        2 * np.cos(0.03) - 4 * np.sin(0.03),
        np.sin(3) + 3 * np.cos(3),
        2 * np.sin(0.03) + 4 * np.cos(0.03),
        5,
    ]
    np.testing.assert_allclose(turned, expected, rtol=1e-5)


@pytest.mark.parametrize("width", [2, 5, 8])
def test_scores_depend_on_distances_alone(width):
    queries, keys = alike(width)

    of_distance = scores(queries, keys, range(LENGTH))
    further_on = scores(queries, keys, range(40, 40 + LENGTH))

    np.testing.assert_allclose(further_on, of_distance, rtol=1e-4, atol=1e-5)
    for distance in range(1 - LENGTH, LENGTH):
        own = np.diagonal(of_distance, distance)
        np.testing.assert_allclose(own, own[0], rtol=1e-4, atol=1e-5)
    # And they do depend on them, before and behind.
    assert len(np.unique(of_distance.round(4))) == 2 * LENGTH - 1


def test_a_head_is_so_wide_that_it_can_be_turned():
    layer = TransformerEncoder(1, 4, 6, "earlier", positions="rotary")

    shapes = layer.shapes(width=4, length=5)

    assert shapes["queries_kernel_0"] == (4, 8)
    assert "places" not in shapes
