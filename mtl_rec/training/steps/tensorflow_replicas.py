"""The train step of each replica under `tf.distribute.MirroredStrategy`."""

from typing import Any

import keras
import tensorflow as tf

from mtl_rec.models.layers.fused_embedding import embeddings_given
from mtl_rec.table_rows import rows_of


def train_replica(model: Any, batch: Any) -> None:
    """Differentiates this replica's share of a batch and updates every copy.

    Tables' gradients stay slices: Keras' optimizer puts those of all replicas
    together, and sums an id's repeats wherever they came from.
    """
    x, y, sample_weight = batch
    ids = model.table_ids(x)
    rows = [layer.rows(ids[layer]) for layer in model.tables]
    embeddings = [
        rows_of(layer.table, own) for layer, own in zip(model.tables, rows, strict=True)
    ]
    with tf.GradientTape() as tape:
        tape.watch(embeddings)
        with embeddings_given(dict(zip(model.tables, embeddings, strict=True))):
            y_pred = model(x, training=True)
        loss = model.compute_loss(x, y, y_pred, sample_weight, training=True)
    weights = [variable.value for variable in model.dense_variables]
    sources: Any = (weights, embeddings)
    dense, by_place = tape.gradient(loss, sources)
    trained = [
        (_slices(layer, own, gradient), layer.table)
        for layer, own, gradient in zip(model.tables, rows, by_place, strict=True)
        if layer.trainable
    ]
    model.optimizer.apply(
        [*dense, *(gradient for gradient, _ in trained)],
        [*model.dense_variables, *(table for _, table in trained)],
    )
    # Keras divides the loss by the replicas, so that gradients add up to the mean.
    model.track_loss(
        loss * model.num_replicas, tf.shape(keras.tree.flatten(y_pred)[0])[0]
    )
    model.compute_metrics(x, y, y_pred, sample_weight=sample_weight)


def _slices(layer: Any, rows: Any, gradient: Any) -> Any:
    width = layer.embedding_dim
    return tf.IndexedSlices(
        tf.reshape(gradient, [-1, width]),
        tf.reshape(rows, [-1]),
        tf.constant([layer.num_rows, width]),
    )
