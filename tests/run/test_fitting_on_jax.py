"""JAX trains in a process without TensorFlow, and to the user it is one run."""

import io
import json
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest
from child_callbacks import (
    InterruptsItsParent,
    IsKilled,
    SaysItsProcess,
    TensorFlowIsAbsent,
)
from rich.console import Console

from mtl_rec.config import load_config
from mtl_rec.errors import ArtifactError, ConfigError, TrainingError
from mtl_rec.evaluation import predict
from mtl_rec.models import load_model
from mtl_rec.run import train_run
from mtl_rec.run.fitting_on_jax import fit_on_jax
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.preparing import prepare_run, reopen_run
from mtl_rec.training.progress import EpochProgress

from .conftest import ON_JAX


@pytest.fixture(scope="module")
def prepared(tree, tmp_path_factory):
    """The four-step tree, prepared to be trained on JAX; then the same, trained."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tree)
        cache = f"data.encoded.directory={tmp_path_factory.mktemp('encoded')}"
        config = load_config(tree / "tree.yaml", [*ON_JAX, cache])
        yield prepare_run(config, tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def trained(prepared):
    """The folder of the tree that JAX trained."""
    progress = EpochProgress(Console(file=io.StringIO()))
    fit_on_jax(
        prepared.folder, prepared.encoder.folder, (progress, TensorFlowIsAbsent())
    )
    return prepared.folder


@pytest.fixture
def untrained(prepared, tmp_path):
    """A copy of the run as it was prepared, of which no checkpoint is left."""
    path = tmp_path / "untrained"
    left = shutil.ignore_patterns("checkpoints", "model.keras")
    shutil.copytree(prepared.folder.path, path, ignore=left)
    return RunFolder(path)


@pytest.mark.slow
def test_it_learns_what_tensorflow_learns(trained, finished):
    result, _ = finished
    on_jax, on_tensorflow = (
        json.loads(folder.history_path.read_text())
        for folder in (trained, result.folder)
    )

    for ours, theirs in zip(on_jax, on_tensorflow, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-4)


@pytest.mark.slow
def test_its_model_predicts_on_tensorflow_what_tensorflow_learned(
    trained, finished, prepared
):
    result, _ = finished
    rows = prepared.encoder.encode("test")
    ours, theirs = (
        predict(load_model(folder.model_path), rows)
        for folder in (trained, result.folder)
    )

    for name, values in theirs.items():
        np.testing.assert_allclose(ours[name], values, rtol=1e-3, atol=1e-5)


def test_a_prepared_run_goes_on_with_the_files_that_were_encoded(prepared):
    again = reopen_run(prepared.folder)

    assert again.encoder.encode("train").is_stored
    assert again.encoder.folder == prepared.encoder.folder


def test_what_goes_wrong_there_is_an_error_here(prepared, tmp_path):
    with pytest.raises(ArtifactError, match="encoded exposures") as raised:
        fit_on_jax(prepared.folder, tmp_path)

    assert "open_encoded" in raised.value.__notes__[0]


def test_an_interruption_reaches_it_and_comes_back(prepared, untrained):
    with pytest.raises(KeyboardInterrupt):
        fit_on_jax(untrained, prepared.encoder.folder, (InterruptsItsParent(),))


@pytest.mark.slow
def test_being_killed_is_an_error_that_says_so(prepared, untrained):
    with pytest.raises(TrainingError, match="was killed"):
        fit_on_jax(untrained, prepared.encoder.folder, (IsKilled(),))


WAIT = """
import sys
from pathlib import Path
sys.path.append(sys.argv[4])
from child_callbacks import SaysItsProcess
from mtl_rec.run.fitting_on_jax import fit_on_jax
from mtl_rec.run.folder import RunFolder
run, encoded, said = map(Path, sys.argv[1:4])
fit_on_jax(RunFolder(run), encoded, (SaysItsProcess(said),))
"""


@pytest.mark.slow
def test_it_ends_with_the_process_that_waits_for_it(prepared, untrained, tmp_path):
    said = tmp_path / "process"
    tools = sys.modules[SaysItsProcess.__module__].__file__.rpartition("/")[0]
    places = [untrained.path, prepared.encoder.folder, said, tools]
    waiting = subprocess.Popen([sys.executable, "-c", WAIT, *map(str, places)])
    _wait_until(said.exists)

    waiting.kill()
    waiting.wait()

    process = said.read_text()
    _wait_until(lambda: not _runs(process))


def _wait_until(happened):
    for _ in range(600):
        if happened():
            return
        time.sleep(0.1)
    raise AssertionError("It did not happen within a minute.")


def _runs(process):
    done = subprocess.run(["ps", "-o", "stat=", "-p", process], capture_output=True)
    return done.stdout.strip() not in (b"", b"Z")


def test_a_callback_that_can_not_go_there_is_refused(prepared):
    class Local(EpochProgress):
        def __reduce__(self):
            return (lambda: None), ()

    with pytest.raises(TypeError, match=r"must be picklable .* Received: \['Local'\]"):
        fit_on_jax(prepared.folder, prepared.encoder.folder, (Local(Console()),))


def test_without_jax_no_data_is_read(monkeypatch, tmp_path, tree):
    monkeypatch.setitem(sys.modules, "jax", None)
    missing = f"data.source.path={tmp_path / 'missing.parquet'}"

    with pytest.raises(ConfigError, match=r"pip install 'mtl-rec\[jax\]'"):
        train_run(load_config(tree / "tree.yaml", [*ON_JAX, missing]))


def test_a_run_is_refused_where_keras_is_on_jax(monkeypatch, tree):
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")

    with pytest.raises(ConfigError, match=r"set `training\.backend: jax`"):
        train_run(load_config(tree / "tree.yaml"))
