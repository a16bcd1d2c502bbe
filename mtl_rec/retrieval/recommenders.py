"""The one place that loads TensorFlow Recommenders, and the Keras 2 that it needs.

TensorFlow Recommenders takes `tf.keras` for Keras 2, which it is only if a variable of
the environment says so before anything touches it. `import keras` stays Keras 3.
"""

import importlib
import importlib.util
import os
import sys
from typing import Any

from mtl_rec.errors import ConfigError

LEGACY = "TF_USE_LEGACY_KERAS"


def recommenders() -> Any:
    """The module `tensorflow_recommenders`.

    It may be asked for before or after Keras 3 was imported; not after somebody used
    `tf.keras` as Keras 3.

    Raises:
        ConfigError: It, or its Keras, is not installed, or `tf.keras` is Keras 3.
    """
    if (known := sys.modules.get("tensorflow_recommenders")) is not None:
        return known
    for name in ("tensorflow_recommenders", "tf_keras"):
        if importlib.util.find_spec(name) is None:
            raise ConfigError(
                f"Retrieval needs `{name}`, which is not installed. Install it with "
                "`pip install 'mtl-rec[retrieval]'`."
            )
    before = os.environ.get(LEGACY)
    os.environ[LEGACY] = "1"
    try:
        _require_legacy()
        return importlib.import_module("tensorflow_recommenders")
    finally:
        # What else this process starts decides for itself.
        if before is None:
            del os.environ[LEGACY]
        else:
            os.environ[LEGACY] = before


def _require_legacy() -> None:
    import tensorflow as tf

    # Keras 2 has no such function.
    version = getattr(tf.keras, "version", None)
    if version is not None:
        raise ConfigError(
            "TensorFlow Recommenders needs `tf.keras` to be Keras 2. Received: Keras "
            f"{version()}, as something used `tf.keras` before in this process. Set "
            f"{LEGACY}=1 before Python starts, or use `tf.keras` only once a retrieval "
            "model was trained. `import keras` is Keras 3 either way."
        )
