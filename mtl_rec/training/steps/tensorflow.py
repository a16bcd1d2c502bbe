"""The train step on TensorFlow: tables outside XLA, the dense part inside."""

from typing import Any

import keras
import tensorflow as tf

from mtl_rec.models.layers.fused_embedding import embeddings_given


def train_step(model: Any, data: Any) -> dict[str, Any]:
    """One step of `TrainableModel`, as Keras' TensorFlow trainer calls it."""
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    optimizer = model.optimizer
    touched = [_Touched(layer, ids) for layer, ids in model.table_ids(x).items()]
    embeddings = [part.embeddings() for part in touched]
    # Read before the dense weights' update counts this step.
    learning_rate = tf.cast(optimizer.learning_rate, tf.float32)
    step = tf.cast(optimizer.iterations + 1, tf.float32)

    loss, y_pred, gradients, row_gradients = _dense_part(model)(
        x, y, sample_weight, embeddings
    )
    optimizer.apply(gradients, model.dense_variables)
    for part, gradient in zip(touched, row_gradients, strict=True):
        part.update(optimizer, gradient, learning_rate, step)

    model.track_loss(loss, tf.shape(keras.tree.flatten(y_pred)[0])[0])
    return model.compute_metrics(x, y, y_pred, sample_weight=sample_weight)


class _Touched:
    """The distinct rows of one table that a batch holds.

    Their number changes with every batch, so this stays outside XLA, which would
    compile anew each time.
    """

    def __init__(self, layer: Any, ids: Any) -> None:
        self._layer = layer
        self._shape = [*ids.shape, layer.embedding_dim]
        self._rows, self._place = tf.unique(tf.reshape(layer.rows(ids), [-1]))
        self._read = layer.table.value.sparse_read(self._rows)

    def embeddings(self) -> Any:
        """`(batch, columns, embedding_dim)`, differentiable by position."""
        flat = tf.gather(self._read, self._place)
        return tf.reshape(flat, [-1, *self._shape[1:]])

    def update(self, optimizer: Any, gradient: Any, learning_rate, step) -> None:
        """Sums the gradient of repeated rows and lets the optimizer change them."""
        if not self._layer.trainable:
            return
        flat = tf.reshape(gradient, [-1, self._shape[-1]])
        summed = tf.math.unsorted_segment_sum(flat, self._place, tf.size(self._rows))
        moments = optimizer.moments(self._layer.table)
        mean, square = (moment.value.sparse_read(self._rows) for moment in moments)
        updated = optimizer.updated_rows(
            self._read, mean, square, summed, learning_rate, step
        )
        for variable, new in zip((self._layer.table, *moments), updated, strict=True):
            variable.value.scatter_update(tf.IndexedSlices(new, self._rows))


def _dense_part(model: Any) -> Any:
    """Forward and backward without the tables, compiled once for each compile()."""
    if model.dense_part is None:

        @tf.function(jit_compile=model.jit_dense_part, autograph=False)
        def dense_part(x, y, sample_weight, embeddings):
            given = dict(zip(model.tables, embeddings, strict=True))
            with tf.GradientTape() as tape:
                tape.watch(embeddings)
                with embeddings_given(given):
                    y_pred = model(x, training=True)
                loss = model.compute_loss(x, y, y_pred, sample_weight, training=True)
            weights = [variable.value for variable in model.dense_variables]
            gradients: Any = tape.gradient(loss, (weights, embeddings))
            return loss, y_pred, *gradients

        model.dense_part = dense_part
    return model.dense_part
