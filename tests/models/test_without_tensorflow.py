"""Models, losses and optimizers need Keras and a backend, and no TensorFlow."""

import os
import subprocess
import sys

BLOCK = """
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


def test_models_are_built_and_run_on_jax_with_tensorflow_blocked():
    done = subprocess.run(
        [sys.executable, "-c", BLOCK],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "(1, 2)\n", done.stderr
