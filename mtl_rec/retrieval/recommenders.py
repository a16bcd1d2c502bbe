"""The one place that loads TensorFlow Recommenders, and the Keras 2 that it needs.

TensorFlow Recommenders takes `tf.keras` for Keras 2, which is the package `tf_keras`
today. Only its own modules are shown a TensorFlow with that one: to everything else
`tf.keras` stays what it is, used before or not, and no variable of the environment is
set.
"""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

from mtl_rec.errors import ConfigError

NAME = "tensorflow_recommenders"


def require_installed(*packages: str) -> None:
    """Refuses to begin what would end without a package of the extra.

    Raises:
        ConfigError: One is not installed.
    """
    for name in packages:
        if importlib.util.find_spec(name) is None:
            raise ConfigError(
                f"Retrieval needs `{name}`, which is not installed. Install it with "
                "`pip install 'mtl-rec[retrieval]'`."
            )


def recommenders() -> Any:
    """The module `tensorflow_recommenders`, the same at each call.

    Raises:
        ConfigError: It, or its Keras, is not installed.
    """
    if (known := sys.modules.get(NAME)) is not None:
        return known
    require_installed(NAME, "tf_keras")
    # What an import left that failed, as one by Keras 3 does.
    for name in [name for name in sys.modules if name.startswith(f"{NAME}.")]:
        del sys.modules[name]
    tensorflow = importlib.import_module("tensorflow")
    sys.modules["tensorflow"] = _WithKeras2(tensorflow)
    try:
        return importlib.import_module(NAME)
    finally:
        sys.modules["tensorflow"] = tensorflow


class _WithKeras2(ModuleType):
    """TensorFlow as it is, but for its Keras."""

    def __init__(self, tensorflow: ModuleType) -> None:
        super().__init__(tensorflow.__name__)
        self._tensorflow = tensorflow
        self.keras = importlib.import_module("tf_keras")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tensorflow, name)
