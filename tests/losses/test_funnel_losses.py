import json
import re

import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.config.tasks import Task
from mtl_rec.losses import FunnelLogLoss, ScaledSquaredError, funnel_losses
from mtl_rec.schema.schema import LabelScale

LOG_PROBABILITIES = np.log([[0.8, 0.2], [0.1, 0.9], [0.5, 0.5]]).astype("float32")


def test_log_loss_is_that_of_the_probabilities():
    labels = np.array([[1.0], [0.0], [1.0]], "float32")

    loss = float(FunnelLogLoss()(labels, LOG_PROBABILITIES))

    assert loss == pytest.approx(-np.log([0.8, 0.9, 0.5]).mean(), rel=1e-6)


def test_rows_without_a_label_add_nothing_but_count_in_the_mean():
    labels = np.array([[1.0], [np.nan], [np.nan]], "float32")

    loss = float(FunnelLogLoss()(labels, LOG_PROBABILITIES))

    assert loss == pytest.approx(-np.log(0.8) / 3, rel=1e-6)


def test_squared_error_is_in_standard_deviations():
    labels = np.array([[10.0], [np.nan], [4.0]], "float32")
    predictions = np.array([[16.0], [100.0], [4.0]], "float32")

    assert float(ScaledSquaredError(2.0)(labels, predictions)) == pytest.approx(3.0)


@pytest.mark.parametrize("loss", [FunnelLogLoss(), ScaledSquaredError()])
def test_rows_without_a_label_give_no_gradient_and_no_nan(loss):
    width = 2 if isinstance(loss, FunnelLogLoss) else 1
    inputs = keras.Input((width,))
    outputs = keras.layers.Dense(width, kernel_initializer="identity")(inputs)
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.SGD(1.0), loss)

    model.train_on_batch(-np.ones((2, width)), np.full((2, 1), np.nan))

    np.testing.assert_array_equal(model.get_weights()[0], np.eye(width))


def test_each_kind_of_task_has_its_loss():
    tasks = [Task(name="click"), Task(name="value", after="click", kind="regression")]

    losses = funnel_losses(tasks, {"value": LabelScale(40.0, 9.0)})

    assert isinstance(losses["click"], FunnelLogLoss)
    assert losses["value"].standard_deviation == 9.0


def test_a_standard_deviation_that_is_not_positive_is_refused():
    text = "`standard_deviation` must be positive. Received: 0.0."
    with pytest.raises(ValueError, match=re.escape(text)):
        ScaledSquaredError(0.0)


@pytest.mark.parametrize("loss", [FunnelLogLoss(), ScaledSquaredError(3.0)])
def test_config_round_trip_is_json(loss):
    text = json.dumps(keras.saving.serialize_keras_object(loss))
    restored = keras.saving.deserialize_keras_object(json.loads(text))

    assert type(restored) is type(loss)
    assert restored.get_config() == loss.get_config()


def test_losses_are_backend_tensors():
    loss = FunnelLogLoss()(np.ones((3, 1), "float32"), LOG_PROBABILITIES)

    assert ops.is_tensor(loss)
