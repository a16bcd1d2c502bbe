"""The perturbation of embeddings that a loss minds most."""

from collections.abc import Mapping
from typing import Any

from keras import ops

from mtl_rec.models.layer_names import is_linear

Perturbations = dict[Any, list[Any]]
"""By `FusedEmbedding`, what is added to each of its outputs that has rows."""


def no_perturbations(ids: Mapping[Any, Any]) -> Perturbations:
    """Zeros for every embedding of a batch.

    Linear weights are left alone: a logit minds them more than any embedding, and to
    move them is to move the logit.

    Args:
        ids: By layer, the ids that it is asked for.
    """
    zeros = {}
    for layer, asked in ids.items():
        if is_linear(layer.name):
            continue
        parts = asked if isinstance(asked, list | tuple) else [asked]
        shapes = [(*ops.shape(part), layer.embedding_dim) for part in parts]
        zeros[layer] = [ops.zeros(shape) for shape in shapes]
    return zeros


def worst_perturbations(gradients: Perturbations, norm: float) -> Perturbations:
    """Along the gradient of the loss, `norm * g / ||g||` for every exposure.

    The norm is that of all embeddings of an exposure together. An exposure without a
    gradient is left alone.

    Args:
        gradients: Of the loss by `no_perturbations`.
        norm: Of what is returned.

    Reference: Miyato, Dai and Goodfellow, "Adversarial Training Methods for
    Semi-Supervised Text Classification", ICLR 2017, equation 5, on embeddings that are
    not normalised.
    """
    squares = sum(
        ops.sum(ops.square(own), axis=(1, 2), keepdims=True)
        for parts in gradients.values()
        for own in parts
    )
    # The smallest normal number: smaller ones may count as zero.
    scale = norm / ops.sqrt(ops.maximum(squares, 1.2e-38))
    return {
        layer: [ops.stop_gradient(own * scale) for own in parts]
        for layer, parts in gradients.items()
    }
