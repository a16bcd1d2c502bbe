"""The train step of each replica under `tf.distribute.MirroredStrategy`."""

from typing import Any

import keras
import tensorflow as tf

from mtl_rec.table_rows import rows_of
from mtl_rec.training.steps.tensorflow_loss import StepLoss


def train_replica(model: Any, batch: Any) -> None:
    """Differentiates this replica's share of a batch and updates every copy.

    Tables' gradients stay slices: Keras' optimizer puts those of all replicas
    together, and sums an id's repeats wherever they came from.
    """
    x, y, sample_weight = batch
    inputs, labels = model.learned_from(x, y)
    ids = model.table_ids(inputs)
    # Small tables go through the model, which may use them otherwise than by row.
    by_row = {layer: layer.rows(ids[layer]) for layer in model.row_tables}
    given = {layer: rows_of(layer.table, rows) for layer, rows in by_row.items()}
    embeddings = list(given.values())
    loss_of_step = StepLoss(model, (inputs, labels, sample_weight), given)
    with tf.GradientTape() as tape:
        tape.watch(embeddings)
        loss, y_pred = loss_of_step()
    sources: Any = (
        [variable.value for variable in model.dense_variables],
        embeddings,
        [layer.table.value for layer in model.whole_tables],
    )
    dense, by_place, sums = tape.gradient(loss, sources)
    trained = [
        (_slices(layer, rows, gradient), layer.table)
        for (layer, rows), gradient in zip(by_row.items(), by_place, strict=True)
    ]
    for layer, total in zip(model.whole_tables, sums, strict=True):
        held, _ = tf.unique(layer.rows(ids[layer]))
        gradient = tf.gather(tf.convert_to_tensor(total), held)
        trained.append((_slices(layer, held, gradient), layer.table))
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
    shape = tf.constant([layer.num_rows, layer.embedding_dim])
    return tf.IndexedSlices(gradient, rows, shape)
