"""Mean pooling of padded lists: bags of words, plain histories."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="mtl_rec")
class MaskedMean(keras.layers.Layer):
    """The mean over the positions whose id is not padding; zeros where all are.

    Inputs:
        embeddings: `(batch, length, embedding_dim)`.
        ids: What was embedded, `(batch, length)`; 0 is padding.

    Output shape: `(batch, embedding_dim)`.
    """

    def call(self, embeddings, ids):
        mask = ops.cast(ops.not_equal(ids, 0), embeddings.dtype)
        total = ops.einsum("bld,bl->bd", embeddings, mask)
        count = ops.sum(mask, axis=1, keepdims=True)
        return ops.divide(total, ops.maximum(count, 1.0))

    def compute_output_shape(self, embeddings_shape, ids_shape):
        return (embeddings_shape[0], embeddings_shape[2])
