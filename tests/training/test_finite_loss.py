"""R23: a loss that is not a number stops at its batch and says where it came from."""

import re

import keras
import numpy as np
import pytest

from mtl_rec.config.training import Training
from mtl_rec.errors import TrainingError
from mtl_rec.training import Batches, fit_best
from mtl_rec.training.checkpoint_files import CheckpointFiles

BATCH, STEPS_PER_CALL = 64, 3


class Spoils(keras.callbacks.Callback):
    """Makes a price infinite once training has begun, as what was checked is not."""

    def __init__(self, exposures, batch):
        super().__init__()
        self._prices = exposures.inputs["item_numbers"]
        batches = Batches(exposures, BATCH, seed=1)
        self._own = batches.item(0, batch)[0]["item_numbers"][5]

    def on_train_begin(self, logs=None):
        self._prices[self._prices == self._own] = np.inf


def train(model, rows, validation, folder, *callbacks):
    config = Training(
        batch_size=BATCH, steps_per_call=STEPS_PER_CALL, checkpoints={"every_steps": 1}
    )
    with pytest.raises(TrainingError) as caught:
        fit_best(model, rows, validation, config, folder, seed=1, callbacks=callbacks)
    return str(caught.value)


def test_the_feature_and_the_batch_are_named(
    make_model, exposures, validation, tmp_path
):
    model, spoils = make_model(), Spoils(exposures, batch=7)

    message = train(model, exposures, validation, tmp_path, spoils)

    assert "in epoch 1, batch 8 of 9." in message
    assert "that nothing standardised: inf of feature 'price'." in message
    # No step follows the one that failed.
    assert int(model.optimizer.iterations) == 8
    with np.load(tmp_path / "failed_batch.npz") as batch:
        assert np.isinf(batch["inputs.item_numbers"]).sum() == 1
        assert len(batch["labels.click"]) == BATCH


def test_only_the_task_that_failed_is_named(
    make_model, exposures, validation, tmp_path
):
    model = make_model()
    kernel = np.array(model.get_layer("logits").kernel)
    kernel[1] = 3e38
    model.get_layer("logits").kernel.assign(kernel)

    message = train(model, exposures, validation, tmp_path)

    assert re.match(
        r"The loss of 'buy' must be a number\. Received: (nan|inf) ", message
    )
    assert "the weights have diverged: lower `training.optimizer" in message


def test_the_newest_checkpoint_is_of_the_time_before(
    make_model, exposures, validation, tmp_path
):
    train(make_model(), exposures, validation, tmp_path, Spoils(exposures, batch=7))

    files = CheckpointFiles(tmp_path / "checkpoints")
    assert files.paths()[-1].stem == "000000000006"
    assert all(np.isfinite(array).all() for array in files.newest().arrays.values())


def test_weights_that_are_no_numbers_are_not_saved(
    make_model, exposures, validation, tmp_path
):
    model = make_model()
    model.get_layer("logits").bias.assign([np.nan, 0.0])

    with pytest.raises(TrainingError, match=r"must be a(ll)? numbers?"):
        fit_best(model, exposures, validation, Training(batch_size=BATCH), tmp_path)

    assert CheckpointFiles(tmp_path / "checkpoints").newest() is None
