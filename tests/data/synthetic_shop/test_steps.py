"""Effects of the steps resemble each other as specified."""

import numpy as np

from mtl_rec.data.synthetic_shop.steps import correlate_steps, correlated_normals


def test_mixture_of_unit_effects_has_the_correlations_as_its_square():
    mixing = correlate_steps(np.eye(3))

    np.testing.assert_allclose(
        mixing @ mixing.T, [[1.0, 0.6, 0.6], [0.6, 1.0, 0.6], [0.6, 0.6, 1.0]]
    )


def test_the_first_step_keeps_its_effects():
    independent = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

    np.testing.assert_array_equal(correlate_steps(independent)[0], independent[0])


def test_correlated_normals_are_standard_float32():
    draws = correlated_normals(np.random.default_rng(0), 100, 300)

    assert draws.shape == (3, 100, 300)
    assert draws.dtype == np.float32
    np.testing.assert_allclose(draws.mean(axis=(1, 2)), 0.0, atol=0.02)
    np.testing.assert_allclose(draws.std(axis=(1, 2)), 1.0, atol=0.02)
