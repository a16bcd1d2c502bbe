"""Weights: the owned train step under Keras `fit`."""

from typing import TYPE_CHECKING

from mtl_rec.lazy_names import lazy_names
from mtl_rec.training.trainable import TrainableModel

__all__ = ["Batches", "TrainableModel", "fit_best", "make_trainable"]

# Loaded when used: they read a schema, and the step must load without its packages.
if TYPE_CHECKING:
    from mtl_rec.training.batches import Batches
    from mtl_rec.training.making import make_trainable
    from mtl_rec.training.trainer import fit_best
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "Batches": "batches",
            "make_trainable": "making",
            "fit_best": "trainer",
        },
    )
