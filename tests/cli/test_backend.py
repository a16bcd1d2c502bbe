"""TensorFlow is the backend of the command line, and imported quietly."""

import os
import sys
from pathlib import Path

import pytest

from mtl_rec.cli.backend import frameworks
from mtl_rec.errors import ConfigError

QUICKSTART = Path(__file__).parents[2] / "configs" / "quickstart.yaml"
NOTE = b"a note about the processor\n"


def test_another_backend_is_refused(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")

    with pytest.raises(ConfigError) as raised, frameworks():
        pass

    assert str(raised.value) == (
        "The command line runs Keras on TensorFlow. Received: KERAS_BACKEND=jax. "
        "Unset it; `mtl-rec train --backend jax` trains on JAX."
    )


def test_tensorflow_is_the_backend_where_none_is_asked_for(monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)

    with frameworks():
        pass

    assert os.environ.pop("KERAS_BACKEND") == "tensorflow"


def test_notes_of_an_import_are_kept_back(monkeypatch, capfd):
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")

    with frameworks():
        os.write(2, NOTE)
    os.write(2, b"after\n")

    assert capfd.readouterr().err == "after\n"


def test_notes_of_an_import_that_fails_are_shown(monkeypatch, capfd):
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")

    def fail():
        with frameworks():
            os.write(2, NOTE)
            raise ImportError

    with pytest.raises(ImportError):
        fail()

    assert capfd.readouterr().err == NOTE.decode()


def test_training_on_jax_says_what_to_install(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)

    outcome = run("train", QUICKSTART, "--backend", "jax")

    assert (outcome.code, outcome.left_behind) == (1, [])
    assert outcome.error == (
        "`training.backend: jax` needs JAX, which is not installed. Install it with "
        "`pip install 'mtl-rec[jax]'`, or train on tensorflow.\n"
    )


def test_memory_of_gpus_is_taken_as_it_is_needed(monkeypatch):
    """There is no GPU to look at: what TensorFlow is asked for is."""
    grown = []
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    with frameworks():
        import tensorflow as tf
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind, kind])
    monkeypatch.setattr(
        tf.config.experimental,
        "set_memory_growth",
        lambda gpu, enable: grown.append((gpu, enable)),
    )

    with frameworks():
        pass

    assert grown == [("GPU", True), ("GPU", True)]
