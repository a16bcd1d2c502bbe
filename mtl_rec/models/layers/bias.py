"""What a layer adds whose product is made of parts."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="mtl_rec")
class Bias(keras.layers.Layer):
    """Adds a vector that is learned, first zero.

    Inputs: `(batch, dim)`.

    Output shape: `(batch, dim)`.
    """

    def build(self, inputs_shape):
        self.bias = self.add_weight(
            name="bias", shape=(inputs_shape[-1],), initializer="zeros"
        )

    def call(self, inputs):
        return ops.add(inputs, self.bias)

    def compute_output_shape(self, inputs_shape):
        return inputs_shape
