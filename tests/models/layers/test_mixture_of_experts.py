import re

import numpy as np
import pytest
from keras import ops

from mtl_rec.models.layers import MixtureOfExperts

EXPERTS = np.stack([np.full((1, 3), 1.0), np.full((1, 3), 3.0)], axis=1).astype("f4")


def test_equal_gates_average_the_experts():
    layer = MixtureOfExperts(num_tasks=2)
    layer.build((None, 4), (None, 2, 3))
    layer.gates.assign(np.zeros((4, 2, 2)))

    mixed = layer(ops.ones((1, 4)), EXPERTS)

    np.testing.assert_allclose(ops.convert_to_numpy(mixed), np.full((1, 2, 3), 2.0))


def test_a_task_that_trusts_one_expert_gets_that_expert():
    layer = MixtureOfExperts(num_tasks=2)
    layer.build((None, 4), (None, 2, 3))
    gates = np.zeros((4, 2, 2))
    gates[:, 1, 0] = 100.0
    layer.gates.assign(gates)

    mixed = ops.convert_to_numpy(layer(ops.ones((1, 4)), EXPERTS))

    np.testing.assert_allclose(mixed[0, :, 0], [2.0, 1.0])


def test_weights_of_experts_add_up_to_one_for_any_input():
    layer = MixtureOfExperts(num_tasks=3)
    inputs = np.random.default_rng(0).normal(size=(5, 4)).astype("f4") * 10
    layer.build((None, 4), (None, 6, 3))

    weights = ops.convert_to_numpy(layer.weights_of_experts(inputs))

    assert weights.shape == (5, 3, 6)
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, rtol=1e-5)


def test_no_task_is_refused():
    text = "`num_tasks` must be 1 or more. Received: 0."
    with pytest.raises(ValueError, match=re.escape(text)):
        MixtureOfExperts(num_tasks=0)


def test_config_round_trip_is_json(round_trip):
    round_trip(MixtureOfExperts(2, name="gates"))
