"""What a start from another run leaves alone, and what it refuses."""

import os
import random
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from warm_starts import (
    BOTTOM,
)

from mtl_rec.config.tasks import Task
from mtl_rec.errors import ArtifactError, ConfigError

ON_JAX = """
import sys
sys.modules["tensorflow"] = None
from pathlib import Path
import keras
import numpy as np
from mtl_rec.models import build_model
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.warm_starting import warm_start
from mtl_rec.schema.preprocessor_files import read_preprocessor_files

folder = RunFolder(Path(sys.argv[1]))
schema, _ = read_preprocessor_files(folder.preprocessor)
model = build_model(folder.config().model, schema)
report = warm_start(model, folder, folder.config())
np.savez(sys.argv[2], *[np.array(weight) for weight in model.weights])
print(keras.backend.backend(), report.new)
"""


def test_later_random_numbers_are_those_of_a_cold_start(make_run, shop, monkeypatch):
    source = make_run(shop, "source")
    make_run(shop, "cold")
    cold = random.random(), np.random.random()

    make_run(shop, "run", start=source)

    assert (random.random(), np.random.random()) == cold


def test_on_jax_the_same_is_taken_without_tensorflow(
    make_run, shop, tmp_path, monkeypatch
):
    # The other process has the usual one.
    monkeypatch.setattr("mtl_rec.models.inputs.SMALL_VOCABULARY", 512)
    source = make_run(shop, "source")
    run = make_run(shop, "run", start=source)
    command = [sys.executable, "-c", ON_JAX, str(run.path), str(tmp_path / "w.npz")]

    done = subprocess.run(
        command,
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )

    assert done.stdout.split() == ["jax", "0"], done.stderr[-2000:]
    with np.load(tmp_path / "w.npz") as taken:
        for theirs, weight in zip(taken.values(), run.model.weights, strict=True):
            np.testing.assert_array_equal(theirs, np.array(weight))


def test_a_model_file_stands_for_its_run(make_run, shop):
    source = make_run(shop, "source")

    run = make_run(shop, "run", start=SimpleNamespace(path=source.folder.model_path))

    assert run.report.source == str(source.path)
    assert run.report.new == 0


def test_what_is_no_finished_run_is_refused(make_run, shop, tmp_path):
    source = make_run(shop, "source")
    with pytest.raises(ArtifactError, match=r"warm_start.*finished run"):
        make_run(shop, "run", start=SimpleNamespace(path=tmp_path / "nowhere"))
    source.folder.model_path.unlink()
    with pytest.raises(ArtifactError, match="must name a run that has finished"):
        make_run(shop, "run", start=source)


def test_a_model_of_another_config_is_refused(make_run, shop):
    source = make_run(shop, "source")
    other = make_run(shop, "other", model=BOTTOM)
    source.model.save(other.folder.model_path)

    with pytest.raises(ArtifactError, match="not what its config describes"):
        make_run(shop, "run", start=other, model=BOTTOM)


def test_runs_with_nothing_in_common_are_refused(make_run, shop, features):
    source = make_run(shop, "s", features=features[:1], tasks=(Task(name="purchase"),))

    with pytest.raises(ConfigError, match="features or tasks in common"):
        make_run(
            shop,
            "run",
            features=features[5:6],
            tasks=(Task(name="click"),),
            start=source,
            model=BOTTOM,
        )
