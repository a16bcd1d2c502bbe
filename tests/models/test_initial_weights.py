"""A seed stands for the same weights on every backend; this file runs on each."""

import keras
import numpy as np
import pytest

from mtl_rec.config.model import MMoE, Model, SharedBottom
from mtl_rec.models import build_model
from mtl_rec.models.initial_weights import InitialWeights

MMOE = MMoE(kind="mmoe", dropout=0.1)
SHARED_BOTTOM = SharedBottom(kind="shared_bottom", dropout=0.1)


def drawn(*arguments, shape=(200, 50), **settings):
    return np.array(InitialWeights(*arguments, **settings)(shape, "float32"))


def test_a_seed_stands_for_these_numbers():
    normal = drawn("normal", 1.0, 3, shape=(3,))
    uniform = drawn("uniform", 1.0, 3, shape=(3,))

    np.testing.assert_allclose(normal, [2.41715002, 0.14276257, -0.51268673], 1e-6)
    np.testing.assert_allclose(uniform, [0.62300897, -0.82870173, -0.64111865], 1e-6)


def test_normal_weights_have_the_standard_deviation():
    weights = drawn("normal", 0.01, seed=1)

    assert abs(weights.mean()) < 5e-4
    assert weights.std() == pytest.approx(0.01, rel=0.03)


def test_uniform_weights_fill_their_limits():
    weights = drawn("uniform", 0.5, seed=1)

    assert -0.5 <= weights.min() < -0.499
    assert 0.499 < weights.max() <= 0.5
    assert weights.std() == pytest.approx(0.5 / 3**0.5, rel=0.03)


def test_without_a_seed_every_initializer_draws_its_own():
    keras.utils.set_random_seed(1)
    first, second = drawn("uniform", 1.0), drawn("uniform", 1.0)
    keras.utils.set_random_seed(1)

    assert (first != second).any()
    np.testing.assert_array_equal(drawn("uniform", 1.0), first)


@pytest.mark.parametrize(
    ("architecture", "weights", "dropout_seeds"),
    [
        (MMOE, 27303.47616340759, [273878288, 126614243]),
        (SHARED_BOTTOM, 28855.812277960697, [273878288, 531969375, 817077202]),
    ],
)
def test_a_seed_stands_for_the_whole_model(
    architecture, weights, dropout_seeds, schema
):
    keras.utils.set_random_seed(1)

    model = build_model(Model(architecture=architecture), schema)

    # Times their place, so that no two can change it.
    sums = [np.abs(np.array(w, "float64")).sum() for w in model.weights]
    assert sums @ np.arange(1, len(sums) + 1) == pytest.approx(weights, rel=1e-8)
    seeds = [int(np.array(v)[0]) for v in model.variables if "seed" in v.path]
    assert seeds == dropout_seeds
