"""Dropout whose mask XLA draws fast on a CPU."""

from typing import Any

import keras
from keras import ops

from mtl_rec.models.layers.hashed_draws import BITS, hashed_draws, mixed_bits


@keras.saving.register_keras_serializable(package="mtl_rec")
class HashedDropout(keras.layers.Layer):
    """Drops entries at random in training and scales up those that stay.

    Whether an entry stays is a hash of its place and of a seed that moves with every
    step. Like Keras' layer it keeps the seed in its state.

    Args:
        rate: Share of the entries that are dropped, at least 0 and below 1.
        seed: Where the sequence of seeds starts.

    Inputs: any shape.

    Output shape: as the inputs.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ValueError(f"`rate` must be in [0, 1). Received: {rate}.")
        self.rate = rate
        self.seed = seed
        if rate > 0:
            self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        first, second = ops.unstack(
            ops.cast(self.seed_generator.next(), "uint32"), num=2
        )
        drawn = hashed_draws(ops.shape(inputs), first + mixed_bits(second))
        stays = drawn >= self.rate * 2.0**BITS
        return ops.where(stays, inputs / (1 - self.rate), ops.zeros_like(inputs))

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
