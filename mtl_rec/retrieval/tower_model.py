"""Towers and the vectors of a catalogue as one retrieval model."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.catalogue import Catalogue
from mtl_rec.retrieval.id_fields import with_prior_ids
from mtl_rec.retrieval.model import RetrievalModel
from mtl_rec.retrieval.two_towers import TwoTowers


def tower_model(
    preprocessor: Preprocessor,
    item_id: str | None,
    towers: TwoTowers,
    catalogue: Catalogue,
    items: np.ndarray,
) -> RetrievalModel:
    """Towers with the vectors of a catalogue, as a retrieval model.

    Args:
        preprocessor: Encodes what the towers read.
        item_id: The feature of the item's id, if one is read.
        towers: Trained.
        catalogue: The items.
        items: `(items, dim)`, their vectors.
    """
    held = tf.Variable(tf.constant(items), trainable=False, name="item_vectors")

    def query(inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        own = {name: inputs[name] for name in towers.query.input}
        return tf.convert_to_tensor(towers.query(own, training=False))

    def candidate(inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        whole = with_prior_ids(inputs, preprocessor.schema, item_id)
        own = {name: whole[name] for name in towers.candidate.input}
        return tf.convert_to_tensor(towers.candidate(own, training=False))

    weights = [
        weight.value
        for tower in (towers.query, towers.candidate)
        for weight in tower.weights
    ]
    return RetrievalModel(
        preprocessor,
        lambda inputs: tf.matmul(query(inputs), held, transpose_b=True),
        (held, *weights),
        catalogue,
        candidate,
        query,
    )
