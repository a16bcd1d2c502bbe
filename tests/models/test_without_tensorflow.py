"""Layers, losses, optimizers and the train step need Keras and a backend alone."""

import os
import subprocess
import sys

WITHOUT_TENSORFLOW = """
import sys
sys.modules["tensorflow"] = None
import mtl_rec.models, mtl_rec.losses, mtl_rec.optimizers, mtl_rec.training
from mtl_rec.config.features import Categorical
from mtl_rec.config.model import MMoE, Model
from mtl_rec.config.tasks import Task
from mtl_rec.schema import Schema
from mtl_rec.schema.fields import Vocabulary
import numpy as np
feature = Categorical(kind="categorical", name="item", side="item")
items = Vocabulary("item", 1, 5, None)
schema = Schema((feature,), (Task(name="click"),), {"item": items}, {})
model = mtl_rec.models.build_model(Model(architecture=MMoE(kind="mmoe")), schema)
print(model({"item_ids": np.array([[1]], "int32")})["click"].shape)
"""

# Packages that describe, read or show data: a trainer on a GPU may have none of them.
WITH_KERAS_AND_JAX_ONLY = """
import sys
for name in ("tensorflow", "pydantic", "pyarrow", "pandas", "yaml", "typer"):
    sys.modules[name] = None
import keras
import numpy as np
from mtl_rec.losses import FunnelLogLoss
from mtl_rec.models import layers
from mtl_rec.optimizers import LazyAdam
from mtl_rec.training import TrainableModel

keras.utils.set_random_seed(1)  # with other weights, units of ReLU may be dead
ids = keras.Input((2,), dtype="int32", name="ids")
embedded = layers.FusedEmbedding(7, 4, [0, 3], name="table")(ids)
x = keras.ops.reshape(embedded, (-1, 8))
experts = layers.ParallelMLP(2, [4])(x)
gates = keras.layers.Reshape((2, 2))(keras.layers.Dense(4, use_bias=False)(x))
towers = layers.ParallelMLP(2, [3])(layers.MixtureOfExperts()(gates, experts))
event = {
    "kind": "binary",
    "is_conditional": False,
    "mean": 0.0,
    "standard_deviation": 1.0,
    "served_offset": 0.0,
}
funnel = [
    {"name": "click", "after": None, **event},
    {"name": "buy", "after": "click", **event},
]
outputs = layers.FunnelLogProbabilities(funnel)(layers.TaskHeads()(towers))
model = TrainableModel(ids, outputs)
losses = {task["name"]: FunnelLogLoss(name=task["name"]) for task in funnel}
model.compile(LazyAdam(0.1), losses)
table = model.get_layer("table").table
before = np.array(table)
labels = np.ones((4, 1), "float32")
rows = np.array([[1, 1], [1, 2], [1, 1], [2, 2]], "int32")
model.fit(rows, {"click": labels, "buy": labels}, batch_size=4, verbose=0)
moved = np.abs(np.array(table) - before).max(axis=1) > 0
print(np.flatnonzero(moved).tolist())
"""


def test_models_are_built_and_run_on_jax_with_tensorflow_blocked():
    assert _printed_on_jax(WITHOUT_TENSORFLOW) == "(1, 2)\n"


def test_a_step_trains_the_rows_of_its_batch_with_only_keras_and_jax():
    assert _printed_on_jax(WITH_KERAS_AND_JAX_ONLY) == "[1, 2, 4, 5]\n"


def _printed_on_jax(script):
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
