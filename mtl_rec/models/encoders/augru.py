"""A gated recurrent unit that is told how much to take of every step."""

from typing import Any

import keras
from keras import ops

from mtl_rec.models.initial_weights import InitialWeights, glorot_limit


@keras.saving.register_keras_serializable(package="mtl_rec")
class AttentionalUpdateCell(keras.layers.Layer):
    """One step of a gated recurrent unit whose update gate is scaled.

    Of a step's part in the gates, `x = [x_u, x_r, x_h]`, and the state h before it,

        u = sigmoid(x_u + h W_u),  r = sigmoid(x_r + h W_r)
        h' = (1 - a u) h + a u tanh(x_h + r (h W_h)).

    With a = 1 it is a plain unit, with a = 0 the state stays, as it does over padding.

    Args:
        units: Width of the state.

    Inputs:
        inputs: `(batch, 3 units + 1)`, x and then a. Other steps have no part in x, so
            that it is one product of all steps, made before.
        states: The one before, `(batch, units)`.

    Output: the state, and it again in a list, as `keras.layers.RNN` wants it.

    Reference: Zhou et al., "Deep Interest Evolution Network for Click-Through Rate
    Prediction", AAAI 2019, equations 2 to 5, and 11 and 12 for a.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, inputs_shape, states_shape=None):
        limit = glorot_limit(self.units, self.units)
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, 3 * self.units),
            initializer=InitialWeights("uniform", limit),
        )

    def call(self, inputs, states, training=False):
        (before,) = states
        of_update, of_reset, of_new, scale = ops.split(
            inputs, [own * self.units for own in (1, 2, 3)], axis=1
        )
        remembered = ops.matmul(before, self.recurrent_kernel)
        for_update, for_reset, for_new = ops.split(remembered, 3, axis=1)
        update = scale * ops.sigmoid(of_update + for_update)
        reset = ops.sigmoid(of_reset + for_reset)
        state = before + update * (ops.tanh(of_new + reset * for_new) - before)
        return state, [state]

    def get_config(self):
        return {**super().get_config(), "units": self.units}
