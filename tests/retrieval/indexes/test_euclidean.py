import numpy as np

from mtl_rec.retrieval.indexes.euclidean import EuclideanSpace


def test_the_nearest_are_those_of_the_highest_products(vectors, queries):
    space = EuclideanSpace.of(vectors)

    items, points = space.items(vectors), space.queries(queries)

    differences = items[None, :200] - points[:, None]
    distances = np.square(differences).sum(axis=2)
    products = queries @ vectors[:200].T
    # |q - x|^2 is what all items share less twice the product.
    shared = distances + 2 * products
    np.testing.assert_allclose(shared, shared[:, :1].repeat(200, 1), rtol=1e-4)
    assert space.dim == items.shape[1] == points.shape[1] == 32


def test_items_that_are_longer_than_the_first_ones_keep_their_direction(vectors):
    space = EuclideanSpace.of(vectors)
    far = space.mean + 50 * (vectors[:5] - space.mean)

    items = space.items(far)

    lengths = np.linalg.norm(items, axis=1)
    np.testing.assert_allclose(lengths, space.length, rtol=1e-5)
    directions = (far - space.mean) / np.linalg.norm(
        far - space.mean, axis=1, keepdims=True
    )
    np.testing.assert_allclose(items[:, :16] / space.length, directions, atol=1e-5)
