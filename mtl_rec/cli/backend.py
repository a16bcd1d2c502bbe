"""The only place that sets environment variables, before a framework is imported."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from mtl_rec.errors import ConfigError


@contextmanager
def frameworks() -> Iterator[None]:
    """Puts Keras on TensorFlow; imports belong in the body.

    TensorFlow writes notes about the processor straight to the terminal while it is
    imported. They are kept back, and shown only if the import fails.

    Raises:
        ConfigError: `KERAS_BACKEND` already asks for another backend.
    """
    backend = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise ConfigError(
            "The command line runs Keras on TensorFlow. Received: KERAS_BACKEND="
            f"{backend}. Unset it; models and layers run on it from Python."
        )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Predicting splits of several sizes is no mistake, whatever it counts as retracing.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        try:
            yield
        except BaseException:
            notes.seek(0)
            os.write(terminal, notes.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
