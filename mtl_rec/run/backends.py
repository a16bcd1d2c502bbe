"""Which of a run's processes need which framework."""

import importlib.util

import keras

from mtl_rec.config.training import Training
from mtl_rec.errors import ConfigError


def require_backends(config: Training) -> None:
    """Refuses a run whose frameworks are not there, before any data is read.

    Raises:
        ConfigError: Keras does not run on TensorFlow, which evaluates and exports
            whatever trains; or JAX, which shall train, is not installed.
    """
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise ConfigError(
            "A run reads its data, evaluates and exports with Keras on TensorFlow, "
            "whatever trains. Received: "
            f"KERAS_BACKEND={backend}. Unset it and set `training.backend: jax`: the "
            "run then trains on JAX in a process of its own. To train on JAX in this "
            "process, call `mtl_rec.training.fit_best`."
        )
    if config.backend == "jax" and importlib.util.find_spec("jax") is None:
        raise ConfigError(
            "`training.backend: jax` needs JAX, which is not installed. Install it "
            "with `pip install 'mtl-rec[jax]'`, or train on tensorflow."
        )
