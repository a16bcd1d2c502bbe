"""Weights: the owned train step under Keras `fit`."""

import importlib
from typing import TYPE_CHECKING

from mtl_rec.training.trainable import TrainableModel

__all__ = ["Batches", "TrainableModel", "fit_best", "make_trainable"]

# Loaded when used: they read a schema, and the step must load without its packages.
if TYPE_CHECKING:
    from mtl_rec.training.batches import Batches
    from mtl_rec.training.making import make_trainable
    from mtl_rec.training.trainer import fit_best
else:
    _MODULES = {
        "Batches": "batches",
        "make_trainable": "making",
        "fit_best": "trainer",
    }

    def __getattr__(name):
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = importlib.import_module(f"{__name__}.{_MODULES[name]}")
        return getattr(module, name)
