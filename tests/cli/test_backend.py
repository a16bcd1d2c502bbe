"""TensorFlow is the backend of the command line, and imported quietly."""

import os

import pytest

from mtl_rec.cli.backend import frameworks
from mtl_rec.errors import ConfigError

NOTE = b"a note about the processor\n"


def test_another_backend_is_refused(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")

    with pytest.raises(ConfigError) as raised, frameworks():
        pass

    assert str(raised.value) == (
        "The command line runs Keras on TensorFlow. Received: KERAS_BACKEND=jax. "
        "Unset it; models and layers run on it from Python."
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
