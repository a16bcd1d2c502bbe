import re

import numpy as np
import pytest
from keras import ops

from mtl_rec.models.layers import MixtureOfExperts

EXPERTS = np.stack([np.full((1, 3), 1.0), np.full((1, 3), 3.0)], axis=1).astype("f4")


def mixed(gate_logits):
    logits = np.array([gate_logits], "float32")
    return ops.convert_to_numpy(MixtureOfExperts()(logits, EXPERTS))


def test_equal_gates_average_the_experts():
    np.testing.assert_allclose(mixed([[5, 5], [0, 0]]), np.full((1, 2, 3), 2.0))


def test_a_task_that_trusts_one_expert_gets_that_expert():
    np.testing.assert_allclose(mixed([[100, 0], [0, 100]])[0, :, 0], [1.0, 3.0])


def test_weights_are_a_softmax_over_the_experts():
    logits = [[0.5, -1.0]]
    first = 1 / (1 + np.exp(-1.5))

    np.testing.assert_allclose(mixed(logits)[0, 0], first + 3 * (1 - first), rtol=1e-6)


def test_gates_of_another_number_of_experts_are_refused():
    text = "must have one column for each expert. Received: gate_logits.shape=(1, 2, 3)"
    with pytest.raises(ValueError, match=re.escape(text)):
        MixtureOfExperts()(np.zeros((1, 2, 3), "f4"), EXPERTS)


def test_config_round_trip_is_json(round_trip):
    round_trip(MixtureOfExperts(name="mixture"))
