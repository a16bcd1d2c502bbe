"""Optimizers that update embedding tables row by row."""

from mtl_rec.optimizers.lazy_adam import LazyAdam

__all__ = ["LazyAdam"]
