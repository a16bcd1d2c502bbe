"""Trains a small model with the board; `python -c` runs it on another backend too."""

import json
import sys
from pathlib import Path

import keras
import numpy as np
from compilation import JIT

from mtl_rec.config.features import Categorical, Hashed
from mtl_rec.config.model import MMoE, Model
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Split, Training
from mtl_rec.models import build_model
from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.schema import LabelScale
from mtl_rec.training import Batches, make_trainable
from mtl_rec.training.board import BoardNotes, board_callbacks

NUM_USERS, NUM_ITEMS, NUM_BRANDS = 600, 25, 9
ITEM_NAMES = [f"item {number}" for number in range(NUM_ITEMS)]
EPOCHS, ROWS, BATCH_SIZE, STEPS_PER_CALL = 2, 1200, 50, 4

SCHEMA = Schema(
    (
        Categorical(kind="categorical", name="user", side="user"),
        Categorical(kind="categorical", name="item", side="item", oov_buckets=2),
        Hashed(kind="hashed", name="brand", side="item", num_buckets=NUM_BRANDS),
    ),
    (
        Task(name="click"),
        Task(name="buy", after="click", train_on="parent", loss_weight=2.0),
        Task(name="value", after="buy", kind="regression"),
    ),
    {
        "user": Vocabulary("user", 1, NUM_USERS, None),
        "item": Vocabulary("item", 2, NUM_ITEMS, None),
        "brand": Vocabulary("brand", NUM_BRANDS, 0, None),
    },
    {"value": LabelScale(3.0, 2.0)},
)


def make_exposures(num_rows: int, seed: int) -> EncodedExposures:
    """Clicks depend on the item."""
    random = np.random.default_rng(seed)
    item = random.integers(1, 3 + NUM_ITEMS, (num_rows, 1))
    brand = random.integers(1, 1 + NUM_BRANDS, (num_rows, 1))
    click = random.random((num_rows, 1)) < np.where(item % 2, 0.8, 0.3)
    buy = click & (random.random((num_rows, 1)) < 0.4)
    value = np.where(buy, random.gamma(2, 2, (num_rows, 1)), np.nan)
    inputs = {
        "user_ids": random.integers(1, 2 + NUM_USERS, (num_rows, 1)).astype("int32"),
        "item_ids": np.concatenate([brand, item], axis=1).astype("int32"),
    }
    labels = {"click": click, "buy": buy, "value": value}
    labels = {name: label.astype("float32") for name, label in labels.items()}
    return EncodedExposures(SCHEMA, inputs, labels)


def make_model() -> keras.Model:
    """Two experts, a large and a small table, and another rate for tables."""
    keras.utils.set_random_seed(3)
    mmoe = MMoE(kind="mmoe", num_experts=2, expert_units=[8], tower_units=[4])
    model = build_model(Model(architecture=mmoe, embedding_dim=4), SCHEMA)
    tables = {"kind": "lazy_adam", "learning_rate": 0.02}
    dense = {"learning_rate": 0.01}
    optimizer = Split.model_validate(
        {"kind": "split", "tables": tables, "dense": dense}
    )
    return make_trainable(
        model, Training(batch_size=BATCH_SIZE, optimizer=optimizer, jit=JIT), SCHEMA
    )


def fit(model: keras.Model, folder: Path, epochs: range, **settings) -> None:
    """Trains these epochs as one process would."""
    train, validation = make_exposures(ROWS, 0), make_exposures(400, 1)
    batches = Batches(
        train, BATCH_SIZE, first_epoch=epochs.start, steps_per_call=STEPS_PER_CALL
    )
    notes = BoardNotes(
        "small", {"experts": 2, "optimizer": "split"}, labels={"item": {"": ITEM_NAMES}}
    )
    model.fit(
        batches,
        initial_epoch=epochs.start,
        epochs=epochs.stop,
        shuffle=False,
        verbose=0,
        callbacks=board_callbacks(
            folder, batches, train, validation, notes, **settings
        ),
    )


def facts(model: keras.Model) -> dict:
    """What the last points must agree with, computed in another way."""
    own = {}
    logits = keras.Model(model.input, model.get_layer("mixture").input[0])
    for name, rows in (("train", (ROWS, 0)), ("validation", (400, 1))):
        exposures = make_exposures(*rows)
        inputs = dict(exposures.inputs)
        outputs = model.predict(inputs, verbose=0)
        own[name] = {
            "outputs": {task: output.tolist() for task, output in outputs.items()},
            "gates": logits.predict(inputs, verbose=0).tolist(),
        }
    tables = {layer.name: layer for layer in model.tables}
    for name, layer in tables.items():
        own[name] = keras.ops.convert_to_numpy(layer.table).tolist()
    return own


if __name__ == "__main__":
    trained = make_model()
    fit(trained, Path(sys.argv[-1]), range(EPOCHS))
    Path(sys.argv[-1], "facts.json").write_text(json.dumps(facts(trained)))
