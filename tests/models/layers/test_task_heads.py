import numpy as np
from keras import ops

from mtl_rec.models.layers import TaskHeads


def test_every_task_has_a_linear_unit_of_its_own():
    layer = TaskHeads()
    layer.build((None, 2, 3))
    layer.kernel.assign([[1.0, 1.0, 1.0], [0.0, 0.0, 2.0]])
    layer.bias.assign([0.5, -1.0])

    logits = layer(np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]], "float32"))

    np.testing.assert_allclose(ops.convert_to_numpy(logits), [[6.5, 11.0]])


def test_config_round_trip_is_json(round_trip):
    round_trip(TaskHeads(name="logits"))
