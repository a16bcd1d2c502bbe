"""A model trained on one backend is the same model on another."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from mtl_rec.models import load_model

TRAIN = """
import sys
import keras
import numpy as np
from mtl_rec.config.features import Categorical
from mtl_rec.config.model import MMoE, Model
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.models import build_model
from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.training import Batches, make_trainable

folder = sys.argv[1]
item = Categorical(kind="categorical", name="item", side="item")
tasks = (Task(name="click"), Task(name="buy", after="click"))
vocabularies = {"item": Vocabulary("item", 1, 30, None)}
schema = Schema((item,), tasks, vocabularies, {}, num_exposures=100)
random = np.random.default_rng(0)
inputs = {"item_ids": random.integers(0, 32, (500, 1)).astype("int32")}
click = (random.random((500, 1)) < 0.4).astype("float32")
labels = {"click": click, "buy": click * (random.random((500, 1)) < 0.5)}
exposures = EncodedExposures(schema, inputs, labels)
keras.utils.set_random_seed(0)
model = build_model(Model(architecture=MMoE(kind="mmoe")), schema)
jit = keras.backend.backend() == "jax"  # XLA takes seconds on TensorFlow.
trainable = make_trainable(model, Training(batch_size=100, jit=jit), schema)
trainable.fit(Batches(exposures, 100), epochs=2, shuffle=False, verbose=0)
model.save(folder + "/model.keras")
np.savez(folder + "/outputs.npz", **inputs, **model.predict(inputs, verbose=0))
"""


OTHER = {"tensorflow": "jax", "jax": "tensorflow"}


@pytest.mark.parametrize(
    "trained_on",
    [
        pytest.param(
            name,
            marks=[] if name == OTHER[keras.backend.backend()] else [pytest.mark.slow],
        )
        for name in OTHER
    ],
)
def test_a_saved_model_predicts_the_same_on_this_backend(trained_on, tmp_path):
    subprocess.run(
        [sys.executable, "-c", TRAIN, str(tmp_path)],
        env={**os.environ, "KERAS_BACKEND": trained_on},
        check=True,
        capture_output=True,
    )
    saved = np.load(tmp_path / "outputs.npz")

    model = load_model(tmp_path / "model.keras")

    outputs = model.predict({"item_ids": saved["item_ids"]}, verbose=0)
    for name in ("click", "buy"):
        np.testing.assert_allclose(outputs[name], saved[name], atol=1e-6)
