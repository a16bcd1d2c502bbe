"""Trains in processes that kill themselves, and compares what is left in the end.

    python killed_training.py FOLDER CHAINS KILLS

Prints a line for each chain of killed processes: the digest of all that a training
holds, after as many kills, at places drawn at random. The first line is the digest of
a training that nobody killed.
"""

import hashlib
import json
import os
import random
import signal
import sys
from pathlib import Path

import keras
import numpy as np

from mtl_rec.config.features import Categorical, Numeric, Text
from mtl_rec.config.model import MMoE, Model
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.models import build_model
from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.training import fit_best, make_trainable
from mtl_rec.training.training_state import state_arrays

NUM_IDS, NUM_ROWS, EPOCHS, BATCH = 600, 1600, 3, 64


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DiesAt(keras.callbacks.Callback):
    """Kills its process before a batch, counted over all epochs of this process."""

    def __init__(self, batches_left: int) -> None:
        super().__init__()
        self._batches_left = batches_left

    def on_train_batch_begin(self, batch, logs=None):
        if self._batches_left == 0:
            die()
        self._batches_left -= 1


def dying(function, calls_left: int, halfway: bool):
    """A function that kills its process at one of its calls, done by half or not."""
    left = [calls_left]

    def wrapped(*args, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            if halfway:
                function(*args, **kwargs)
            die()
        return function(*args, **kwargs)

    return wrapped


def exposures(schema: Schema, num_rows: int, seed: int) -> EncodedExposures:
    draws = np.random.default_rng(seed)
    user, item = draws.integers(1, NUM_IDS, (2, num_rows, 1)).astype("int32")
    click = draws.random((num_rows, 1)) < np.where(item % 2, 0.8, 0.1)
    buy = click & (draws.random((num_rows, 1)) < np.where(user % 3, 0.1, 0.9))
    inputs = {
        "user_ids": user,
        "item_ids": item,
        "title": draws.integers(0, 40, (num_rows, 6)).astype("int32"),
        "item_numbers": draws.normal(size=(num_rows, 1)).astype("float32"),
    }
    labels = {"click": click.astype("float32"), "buy": buy.astype("float32")}
    return EncodedExposures(schema, inputs, labels)


def train(folder: Path, draws: random.Random | None) -> None:
    """One process: kills itself where `draws` says, or writes the digest."""
    keras.utils.set_random_seed(1)
    features = (
        Categorical(kind="categorical", name="user", side="user"),
        Categorical(kind="categorical", name="item", side="item"),
        Text(kind="text", name="title", side="item", max_tokens=6),
        Numeric(kind="numeric", name="price", side="item"),
    )
    vocabularies = {n: Vocabulary(n, 1, NUM_IDS - 2, None) for n in ("user", "item")}
    vocabularies["title"] = Vocabulary("title", 1, 38, None)
    tasks = (Task(name="click"), Task(name="buy", after="click", train_on="parent"))
    schema = Schema(features, tasks, vocabularies, {}, num_exposures=1000)
    architecture = MMoE(
        kind="mmoe", num_experts=2, expert_units=[8], tower_units=[4], dropout=0.3
    )
    config = Training(
        batch_size=BATCH,
        epochs=EPOCHS,
        steps_per_call=2,
        jit=False,
        checkpoints={"every_steps": 6},
        early_stopping={"patience": EPOCHS},
    )
    model = make_trainable(
        build_model(Model(architecture=architecture), schema), config, schema
    )
    # Of the two larger tables only the rows of a batch are touched.
    model.compile(model.optimizer, model.loss, jit_compile=False, whole_table_rows=100)
    callbacks = []
    match draws and draws.choice(["batch", "array", "rename", "validation"]):
        case "batch":
            callbacks = [DiesAt(draws.randrange(1, 16))]
        case "array":
            write = np.lib.format.write_array
            fails = dying(write, draws.randrange(60), draws.random() < 0.5)
            np.lib.format.write_array = fails
        case "rename":
            os.replace = dying(os.replace, draws.randrange(4), draws.random() < 0.5)
        case "validation":
            callbacks = [keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: die())]
    history = fit_best(
        model,
        exposures(schema, NUM_ROWS, 0),
        exposures(schema, 400, 1),
        config,
        folder,
        seed=1,
        callbacks=tuple(callbacks),
    )
    digest = hashlib.sha256(json.dumps(history).encode())
    for name, array in state_arrays(model):
        digest.update(name.encode() + array.tobytes())
    (folder / "digest").write_text(digest.hexdigest())


def in_a_process(folder: Path, draws: random.Random | None) -> int:
    """The process's status: negative if a signal ended it."""
    # Before any operation TensorFlow has no threads that a fork would lose.
    child = os.fork()
    if child == 0:
        try:
            train(folder, draws)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(folder: Path, chains: int, kills: int) -> None:
    for chain in range(chains + 1):
        own = folder / str(chain)
        own.mkdir()
        killed = 0
        for number in range(kills if chain else 0):
            draws = random.Random(1000 * chain + number)
            killed += in_a_process(own, draws) == -signal.SIGKILL
        if in_a_process(own, None) != 0:
            raise SystemExit(f"The training in '{own}' failed.")
        sys.stdout.write(f"{killed} {(own / 'digest').read_text()}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
