"""Gradient clipping over dense weights and the rows of tables together."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


def clips(optimizer: keras.optimizers.Optimizer) -> bool:
    """Whether an optimizer was asked to clip."""
    return bool(optimizer.clipnorm or optimizer.clipvalue or optimizer.global_clipnorm)


def clipped(optimizer: keras.optimizers.Optimizer, gradients: Sequence[Any]) -> list:
    """Gradients as the optimizer's `clipnorm`, `clipvalue` or `global_clipnorm` ask.

    Args:
        optimizer: Keras allows one of the three.
        gradients: Dense tensors; the repeats of an id are summed already.
    """
    if optimizer.clipvalue:
        limit = optimizer.clipvalue
        return [ops.clip(gradient, -limit, limit) for gradient in gradients]
    if optimizer.clipnorm:
        return [
            gradient * _scale(_squares(gradient), optimizer.clipnorm)
            for gradient in gradients
        ]
    if optimizer.global_clipnorm:
        total = sum(_squares(gradient) for gradient in gradients)
        scale = _scale(total, optimizer.global_clipnorm)
        return [gradient * scale for gradient in gradients]
    return list(gradients)


def _squares(gradient):
    return ops.sum(ops.square(gradient))


def _scale(squares, limit: float):
    """What brings a norm down to the limit; 1 where it is below."""
    return limit / ops.maximum(ops.sqrt(squares), limit)
