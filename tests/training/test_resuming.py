"""R1, R3: a training that was killed ends with the bits of one that was not."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from compilation import SLOW_ON_TENSORFLOW

from mtl_rec.config.training import Training
from mtl_rec.errors import ArtifactError
from mtl_rec.training import Batches, fit_best
from mtl_rec.training.checkpoint_files import CheckpointFiles
from mtl_rec.training.checkpoints import Checkpoints
from mtl_rec.training.training_state import state_arrays


class Killed(Exception):
    pass


class KilledAfter(keras.callbacks.Callback):
    """Ends the training after so many items, as a signal would."""

    def __init__(self, items):
        super().__init__()
        self.items_left = items

    def on_train_batch_begin(self, batch, logs=None):
        if self.items_left == 0:
            raise Killed
        self.items_left -= 1


@pytest.fixture
def train(make_model, exposures, validation):
    def run(folder, callbacks=(), steps_per_call=1):
        config = Training(
            batch_size=64,
            epochs=3,
            steps_per_call=steps_per_call,
            checkpoints={"every_steps": 2},
            early_stopping={"patience": 5},
        )
        # What regularizers draw must go on as it was, too.
        unknown = {"features": ["user", "item"], "rate": 0.2}
        model = make_model(dropout=0.3, cold_start_dropout=unknown, label_smoothing=0.1)
        model.stop_training = False
        history = fit_best(
            model, exposures, validation, config, folder, seed=1, callbacks=callbacks
        )
        return history, dict(state_arrays(model))

    return run


# Within the first epoch, at its end, and within the second after a checkpoint.
@pytest.mark.parametrize(
    ("steps_per_call", "kills"),
    [
        (3, [4]),
        pytest.param(3, [4, 5, 4], marks=SLOW_ON_TENSORFLOW),
        pytest.param(1, [4, 5, 4], marks=pytest.mark.slow),
    ],
)
def test_a_training_that_was_interrupted_ends_as_one_that_was_not(
    steps_per_call, kills, train, tmp_path
):
    history, expected = train(tmp_path / "whole", steps_per_call=steps_per_call)

    for items in kills:
        with pytest.raises(Killed):
            train(
                tmp_path / "killed",
                [KilledAfter(items // steps_per_call)],
                steps_per_call,
            )
    resumed_history, resumed = train(tmp_path / "killed", (), steps_per_call)

    assert resumed_history == history
    assert resumed.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(resumed[name], array, err_msg=name)


@pytest.mark.parametrize("settings", [{"batch_size": 32}, {"seed": 2}])
def test_a_checkpoint_of_other_batches_is_refused(settings, exposures, tmp_path):
    files = CheckpointFiles(tmp_path)
    layout = Batches(exposures, 64, seed=1).layout
    files.write(1, [], {"batches_of": layout})

    with pytest.raises(ArtifactError, match="must be of the batches"):
        Checkpoints(tmp_path, Batches(exposures, **{"batch_size": 64, **settings}))


def digests(folder, chains, kills, **environment):
    """Kills and digest of each line of `killed_training.py`."""
    script = Path(__file__).with_name("killed_training.py")
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, script, folder, str(chains), str(kills)],
        env={**os.environ, "KERAS_BACKEND": "tensorflow", **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    return [int(killed) for killed, _ in lines], [digest for _, digest in lines]


@pytest.mark.slow
def test_twenty_kills_also_during_a_save_change_no_bit(tmp_path):
    kills, found = digests(tmp_path / "chains", chains=4, kills=6)

    assert sum(kills) >= 20
    assert len(found) == 5
    assert len(set(found)) == 1


@pytest.mark.slow
def test_equal_seeds_give_equal_bits_whatever_the_number_of_threads(tmp_path):
    found = [
        digests(
            tmp_path / str(threads),
            chains=0,
            kills=0,
            TF_NUM_INTRAOP_THREADS=str(threads),
            TF_NUM_INTEROP_THREADS=str(threads),
        )[1]
        for threads in (1, 2)
    ]

    assert found[0] == found[1]
