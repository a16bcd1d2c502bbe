"""R23: a loss that is not a number stops at its batch and says where it came from."""

import re

import numpy as np
import pytest

from mtl_rec.config.training import Training
from mtl_rec.errors import TrainingError
from mtl_rec.schema import EncodedExposures
from mtl_rec.training import Batches, fit_best
from mtl_rec.training.checkpoint_files import CheckpointFiles

BATCH, STEPS_PER_CALL = 64, 3


def spoilt(exposures):
    """Rows of which one has an infinite price, and the batch that holds it."""
    prices = exposures.inputs["item_numbers"].copy()
    prices[123] = np.inf
    inputs = {**exposures.inputs, "item_numbers": prices}
    rows = EncodedExposures(exposures.schema, inputs, exposures.labels)
    batches = Batches(rows, BATCH, seed=1)
    is_odd = [
        np.isinf(batches.item(0, number)[0]["item_numbers"]).any()
        for number in range(batches.num_items)
    ]
    return rows, is_odd.index(True)


def train(model, rows, validation, folder):
    config = Training(
        batch_size=BATCH, steps_per_call=STEPS_PER_CALL, checkpoints={"every_steps": 1}
    )
    with pytest.raises(TrainingError) as caught:
        fit_best(model, rows, validation, config, folder, seed=1)
    return str(caught.value)


def test_the_feature_and_the_batch_are_named(
    make_model, exposures, validation, tmp_path
):
    rows, number = spoilt(exposures)
    model = make_model()

    message = train(model, rows, validation, tmp_path)

    assert f"in epoch 1, batch {number + 1} of 9." in message
    assert (
        "The batch holds values that are no numbers: 1 of feature 'price'." in message
    )
    # No step follows the one that failed.
    assert int(model.optimizer.iterations) == number + 1
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
    rows, number = spoilt(exposures)

    train(make_model(), rows, validation, tmp_path)

    whole_calls = number // STEPS_PER_CALL * STEPS_PER_CALL
    paths = CheckpointFiles(tmp_path / "checkpoints").paths()
    newest = paths[-1].stem if paths else "0"
    assert int(newest) == whole_calls
    state = CheckpointFiles(tmp_path / "checkpoints").newest()
    if state is not None:
        assert all(np.isfinite(array).all() for array in state.arrays.values())


def test_weights_that_are_no_numbers_are_not_saved(
    make_model, exposures, validation, tmp_path
):
    model = make_model()
    model.get_layer("logits").bias.assign([np.nan, 0.0])

    with pytest.raises(TrainingError, match=r"must be a(ll)? numbers?"):
        fit_best(model, exposures, validation, Training(batch_size=BATCH), tmp_path)

    assert CheckpointFiles(tmp_path / "checkpoints").newest() is None
