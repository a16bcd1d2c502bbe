"""Both towers apart, as they are saved and served, and the vectors they make."""

from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from mtl_rec.models.layers.fused_embedding import FusedEmbedding
from mtl_rec.retrieval.encoding import Inputs

QUERY, CANDIDATE = "query", "candidate"

_PREDICT_ROWS = 4096


@dataclass(frozen=True)
class TwoTowers:
    """Both towers, each with weights of its own.

    Attributes:
        query: Inputs of the user's side to `(batch, dim)`.
        candidate: Inputs of the item's side to `(batch, dim)`.
    """

    query: keras.Model
    candidate: keras.Model

    def take(self, trained: keras.Model) -> None:
        """Takes the weights of the one model that both are part of."""
        take_weights(self.query, trained)
        take_weights(self.candidate, trained)


def take_weights(tower: keras.Model, trained: keras.Model) -> None:
    """Gives a tower the weights of the layers of its names in another model.

    Args:
        tower: Gets them; of shared tables the rows of the vocabularies that it reads.
        trained: Has all of its layers.
    """
    for layer in tower.layers:
        if not layer.weights:
            continue
        source = trained.get_layer(layer.name)
        if isinstance(layer, FusedEmbedding) and layer.row_blocks:
            layer.set_weights([_rows_of(layer, source)])
        else:
            layer.set_weights(source.get_weights())


def vectors(tower: keras.Model, inputs: Inputs) -> np.ndarray:
    """What a tower makes of rows, `(rows, dim)` float32."""
    return np.asarray(tower.predict(inputs, batch_size=_PREDICT_ROWS, verbose=0))


def _rows_of(layer: FusedEmbedding, source: FusedEmbedding) -> np.ndarray:
    """The rows of a table for the vocabularies that a tower reads."""
    table = ops.convert_to_numpy(source.table)
    blocks: Mapping[str, tuple[int, int]] = source.row_blocks
    parts = []
    for name in layer.row_blocks:
        first, count = blocks[name]
        parts.append(table[first : first + count])
    return np.concatenate(parts)
