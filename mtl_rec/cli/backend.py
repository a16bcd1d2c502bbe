"""The only place that sets environment variables, before a framework is imported."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from mtl_rec.errors import ConfigError


def keep_products_on_one_thread() -> None:
    """Has NumPy multiply matrices on one thread, if it is not imported yet.

    Resampling multiplies many small ones, which wait for each other's threads for
    several times as long as one thread takes where other processes are at work.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@contextmanager
def frameworks() -> Iterator[None]:
    """Puts Keras on TensorFlow; imports belong in the body.

    TensorFlow writes notes about the machine straight to the terminal while it is
    imported and looks for GPUs. They are kept back, and shown only if that fails.

    Raises:
        ConfigError: `KERAS_BACKEND` already asks for another backend.
    """
    keep_products_on_one_thread()
    backend = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise ConfigError(
            "The command line runs Keras on TensorFlow. Received: KERAS_BACKEND="
            f"{backend}. Unset it; `mtl-rec train --backend jax` trains on JAX."
        )
    # What it can't do raises; its notes of errors are of what oneDNN and GPUs lack.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Predicting splits of several sizes is no mistake, whatever it counts as retracing.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        try:
            yield
            _share_gpus()
        except BaseException:
            notes.seek(0)
            os.write(terminal, notes.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)


def _share_gpus() -> None:
    """Takes the memory of GPUs as it is needed, not all of it at once."""
    import tensorflow as tf

    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
