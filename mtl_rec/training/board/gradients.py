"""Norms of gradients by the part of the model that they train."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from mtl_rec.models.layer_names import LINEAR, is_linear
from mtl_rec.models.layers.fused_embedding import FusedEmbedding
from mtl_rec.models.layers.mixture_of_experts import MixtureOfExperts
from mtl_rec.models.layers.task_heads import TaskHeads

EXPERTS_AND_GATES = "experts_and_gates"
"""Start of the names of layers whose last columns are the gates', the others the
experts'."""


def gradient_norms(
    model: keras.Model, gradients: list[tuple[keras.Variable, Any]]
) -> dict[str, float]:
    """Norms by part, and of all together as `all`.

    Args:
        model: Whose layers' names say what they are part of.
        gradients: From `TrainableModel.gradients`.
    """
    squares: dict[str, float] = defaultdict(float)
    layers = {id(v): layer for layer in model.layers for v in layer.variables}
    for variable, gradient in gradients:
        array = keras.ops.convert_to_numpy(gradient).astype(np.float64)
        layer = layers[id(variable)]
        for part, own in _by_part(layer, array, num_gate_columns(model)):
            squares[part] += float(np.square(own).sum())
    norms = {part: square**0.5 for part, square in squares.items()}
    return {"all": sum(squares.values()) ** 0.5, **norms}


def num_gate_columns(model: keras.Model) -> int:
    """Columns of the product for experts and gates that are the gates'."""
    shapes = [
        layer.input[0].shape
        for layer in model.layers
        if isinstance(layer, MixtureOfExperts)
    ]
    return sum(num_tasks * num_experts for _, num_tasks, num_experts in shapes)


def _by_part(
    layer: keras.Layer, gradient: np.ndarray, num_gates: int
) -> Iterator[tuple[str, np.ndarray]]:
    if layer.name.startswith(EXPERTS_AND_GATES):
        yield "experts", gradient[..., :-num_gates]
        yield "gates", gradient[..., -num_gates:]
    elif is_linear(layer.name):
        yield LINEAR, gradient
    elif isinstance(layer, FusedEmbedding):
        yield "tables", gradient
    elif isinstance(layer, TaskHeads):
        yield "heads", gradient
    else:
        # `bottom_1_dense` and the like are all parts of `bottom`.
        yield layer.name.split("_")[0], gradient
