"""Weights by part of the model, and what the optimizer remembers of them."""

from typing import Any

from mtl_rec.models.encoders.missing_vectors import MissingVectors
from mtl_rec.models.encoders.pretrained_text import PretrainedText
from mtl_rec.training.trainable import TrainableModel

_PARTS = {
    "expert": "experts and gates",
    "mixture": "experts and gates",
    "bottom": "bodies",
    "towers": "towers",
}
OTHERS = "heads"


def dense_parts(model: TrainableModel) -> dict[str, int]:
    """Weights that are not in tables, by the part of the model that has them."""
    counts: dict[str, int] = {}
    for layer in model.layers:
        if layer in model.tables:
            continue
        size = sum(_size(variable) for variable in layer.weights)
        # Of a network of its own, after the name of the task.
        _, _, name = layer.name.rpartition(".")
        begins = (p for begin, p in _PARTS.items() if name.startswith(begin))
        part = next(begins, OTHERS)
        if isinstance(layer, PretrainedText | MissingVectors):
            part = "language models"
        if size:
            counts[part] = counts.get(part, 0) + size
    return counts


def slots_per_weight(model: TrainableModel) -> float:
    """Numbers that the optimizer remembers for each weight."""
    weights = sum(_size(variable) for variable in model.trainable_variables)
    remembered = sum(_size(variable) for variable in model.optimizer.variables)
    return remembered / max(1, weights)


def _size(variable: Any) -> int:
    size = 1
    for length in variable.shape:
        size *= length
    return size
