"""Several devices train as one does: the same loss curve from the same batches."""

import functools
import json
import os
import subprocess
import sys

import numpy as np
import pytest

TRAIN = """
import json
import os
import sys

backend, num_devices, layout = sys.argv[1], int(sys.argv[2]), sys.argv[3]
os.environ["KERAS_BACKEND"] = backend
if backend == "jax":
    os.environ["XLA_FLAGS"] += f" --xla_force_host_platform_device_count={num_devices}"
import contextlib

import keras
import numpy as np

from mtl_rec.config.features import Categorical, IdSequence
from mtl_rec.config.model import MMoE, Model
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.models import build_model, inputs as model_inputs
from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.training import Batches, make_trainable

scope = contextlib.nullcontext()
if backend == "jax" and layout == "replicated":
    keras.distribution.set_distribution(keras.distribution.DataParallel())
elif backend == "jax" and layout == "sharded":
    devices = keras.distribution.list_devices()
    mesh = keras.distribution.DeviceMesh((1, num_devices), ["batch", "rows"], devices)
    layout_map = keras.distribution.LayoutMap(mesh)
    layout_map[".*table.*"] = ("rows", None)
    keras.distribution.set_distribution(
        keras.distribution.ModelParallel(layout_map=layout_map, batch_dim_name="batch")
    )
elif backend == "tensorflow":
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    logical = [tf.config.LogicalDeviceConfiguration()] * num_devices
    tf.config.set_logical_device_configuration(cpu, logical)
    if num_devices > 1:
        names = [f"CPU:{number}" for number in range(num_devices)]
        scope = tf.distribute.MirroredStrategy(names).scope()

model_inputs.SMALL_VOCABULARY = 20  # One table of each kind.
item = Categorical(kind="categorical", name="item", side="item")
history = IdSequence(
    kind="sequence", name="history", side="user", max_length=4, shares="item"
)
hour = Categorical(kind="categorical", name="hour", side="context")
tasks = (Task(name="click"), Task(name="buy", after="click"))
vocabularies = {
    "item": Vocabulary("item", 1, 58, None),
    "hour": Vocabulary("hour", 1, 6, None),
}
schema = Schema((item, history, hour), tasks, vocabularies, {})
random = np.random.default_rng(0)
inputs = {
    "item_ids": random.integers(1, 60, (512, 1)).astype("int32"),
    "history": random.integers(0, 60, (512, 4)).astype("int32"),
    "context_ids": random.integers(0, 8, (512, 1)).astype("int32"),
}
click = (random.random((512, 1)) < np.where(inputs["item_ids"] % 2, 0.7, 0.2)) * 1.0
labels = {"click": click, "buy": click * (random.random((512, 1)) < 0.5)}
exposures = EncodedExposures(schema, inputs, labels)
keras.utils.set_random_seed(0)
with scope:
    model = build_model(Model(architecture=MMoE(kind="mmoe")), schema)
    training = Training(batch_size=64, **json.loads(sys.argv[4]))
    trainable = make_trainable(model, training, schema)
    trainable.compile(
        trainable.optimizer,
        trainable.loss,
        # On TensorFlow XLA takes seconds, and here for each device.
        jit_compile=backend == "jax",
        whole_table_rows=0,
    )
assert trainable.num_replicas == num_devices
batches = Batches(exposures, 64)
history = trainable.fit(batches, epochs=training.epochs, shuffle=False, verbose=0)
print(json.dumps(history.history["loss"]))
"""


# Sums in another order round otherwise, which Adam at larger rates or over more epochs
# lets grow past the bound: so does one device whose batches are turned round. Adagrad's
# steps shrink from the first one on, and must start larger.
SETTINGS = {
    "lazy_adam": {
        "epochs": 6,
        "optimizer": {"kind": "lazy_adam", "learning_rate": 0.005},
    },
    "row_adagrad": {
        "epochs": 8,
        "optimizer": {"kind": "row_adagrad", "learning_rate": 0.2},
    },
}


@functools.cache
def losses(backend, num_devices, layout, kind):
    done = subprocess.run(
        [
            *(sys.executable, "-c", TRAIN, backend, str(num_devices), layout),
            json.dumps(SETTINGS[kind]),
        ],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backend", "layout", "kind"),
    [
        ("jax", "replicated", "lazy_adam"),
        ("tensorflow", "mirrored", "lazy_adam"),
        ("jax", "sharded", "lazy_adam"),
        ("jax", "sharded", "row_adagrad"),
        ("tensorflow", "mirrored", "row_adagrad"),
    ],
)
def test_four_devices_follow_the_loss_curve_of_one(backend, layout, kind):
    one = losses(backend, 1, "one", kind)
    four = losses(backend, 4, layout, kind)

    assert four[-1] < 0.995 * four[0]
    np.testing.assert_allclose(four, one, rtol=1e-5)
