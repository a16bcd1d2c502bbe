"""Both generations of Keras in one process, and neither where ranking is all.

Each order is one of a Python process that has imported nothing yet.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEGACY = "TF_USE_LEGACY_KERAS"

STATE = """
import json, os, sys
import keras
print(json.dumps({
    "keras": keras.__version__,
    "variable": os.environ.get("TF_USE_LEGACY_KERAS"),
    "loaded": sorted({"tensorflow_recommenders", "tf_keras"} & set(sys.modules)),
    "loaded before": globals().get("before"),
    "loss": globals().get("loss"),
    "tf.keras": sys.modules["tensorflow"].keras.Model.__module__.split(".")[0],
}))
"""

LOSS_OF_KERAS_3 = """
import numpy as np
from mtl_rec.retrieval.recommenders import recommenders
tfrs = recommenders()
assert recommenders() is tfrs
import keras
towers = [
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, use_bias=False)])
    for _ in range(2)
]
for tower in towers:
    tower.set_weights([np.array([[1.0, 0], [0, 1], [0, 0]])])
rows = np.array([[2.0, 0, 5], [0, 2.0, 5]], "float32")
loss = float(tfrs.tasks.Retrieval()(*(tower(rows) for tower in towers)))
"""

TF_KERAS_FIRST = """
import tensorflow as tf
tf.keras.layers.Dense
"""

A_FAILED_IMPORT_FIRST = """
try:
    import tensorflow_recommenders
except Exception:
    pass
else:
    raise AssertionError("TensorFlow Recommenders works with Keras 3 now.")
"""

EVERY_MODULE = """
import importlib, pkgutil
import mtl_rec
for module in pkgutil.walk_packages(mtl_rec.__path__, "mtl_rec."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
import sys
before = sorted({"tensorflow_recommenders", "tf_keras"} & set(sys.modules))
"""

RANKER = """
from pathlib import Path
from mtl_rec.config import load_config
from mtl_rec.run import train_run
config = load_config("configs/quickstart.yaml", [
    "data.source.num_exposures=2000", "data.source.num_users=100",
    "data.source.num_items=100", "training.epochs=1", "export.verify_rows=50",
    "export.directory={folder}/models",
])
train_run(config, Path("{folder}/runs"))
"""


def state_after(code, **variables):
    """What a fresh process is like after some code."""
    own = {name: value for name, value in os.environ.items() if name != LEGACY}
    done = subprocess.run(
        [sys.executable, "-c", code + STATE],
        cwd=ROOT,
        env=own | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def assert_both_work(state):
    assert state["keras"].startswith("3.")
    assert state["loaded"] == ["tensorflow_recommenders", "tf_keras"]
    # Two rows, of which each has logits 4 for its own candidate and 0 for the other.
    assert state["loss"] == pytest.approx(2 * 0.0181499, rel=1e-4)


@pytest.fixture(scope="module")
def after_every_module():
    """What a process is like that imports Keras 3 and all of the package before."""
    return state_after(EVERY_MODULE + LOSS_OF_KERAS_3)


def test_recommenders_work_on_what_keras_3_makes_that_was_imported_first(
    after_every_module,
):
    assert_both_work(after_every_module)
    assert after_every_module["tf.keras"] == "keras"
    assert after_every_module["variable"] is None


def test_no_module_imports_recommenders_before_they_are_used(after_every_module):
    assert after_every_module["loaded before"] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "first",
    ["", "import tensorflow as tf\n", TF_KERAS_FIRST, A_FAILED_IMPORT_FIRST],
    ids=["alone", "after TensorFlow", "after tf.keras", "after a failure"],
)
def test_recommenders_work_whatever_was_imported_before_them(first):
    state = state_after(first + LOSS_OF_KERAS_3)

    assert_both_work(state)
    assert state["tf.keras"] == "keras"
    assert state["variable"] is None


@pytest.mark.slow
def test_a_process_of_keras_2_keeps_it():
    state = state_after(TF_KERAS_FIRST + LOSS_OF_KERAS_3, **{LEGACY: "1"})

    assert_both_work(state)
    assert state["tf.keras"] == "tf_keras"
    assert state["variable"] == "1"


@pytest.mark.slow
def test_training_and_exporting_a_ranker_needs_no_recommenders(tmp_path):
    state = state_after(RANKER.format(folder=tmp_path))

    assert state["loaded"] == []
    assert state["variable"] is None
    assert (tmp_path / "models" / "quickstart" / "1").is_dir()
