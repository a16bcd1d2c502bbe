"""Weights: the owned train step under Keras `fit`."""

import importlib
from typing import TYPE_CHECKING

from mtl_rec.training.batches import Batches
from mtl_rec.training.trainable import TrainableModel, make_trainable

__all__ = ["Batches", "TrainableModel", "fit_best", "make_trainable"]

# Loaded when used: it reads a schema, and the step must load without its packages.
if TYPE_CHECKING:
    from mtl_rec.training.trainer import fit_best
else:

    def __getattr__(name):
        if name != "fit_best":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return importlib.import_module(f"{__name__}.trainer").fit_best
