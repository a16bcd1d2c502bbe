"""Optimizers that update embedding tables row by row."""

from mtl_rec.optimizers.lazy_adam import LazyAdam
from mtl_rec.optimizers.row_adagrad import RowAdagrad
from mtl_rec.optimizers.row_optimizer import RowOptimizer
from mtl_rec.optimizers.sgd import SGD
from mtl_rec.optimizers.split_optimizer import SplitOptimizer

__all__ = ["SGD", "LazyAdam", "RowAdagrad", "RowOptimizer", "SplitOptimizer"]
