"""Weights: the owned train step under Keras `fit`."""

from mtl_rec.training.batches import Batches
from mtl_rec.training.trainable import TrainableModel, make_trainable
from mtl_rec.training.trainer import fit_best

__all__ = ["Batches", "TrainableModel", "fit_best", "make_trainable"]
