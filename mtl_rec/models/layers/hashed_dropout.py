"""Dropout whose mask XLA draws fast on a CPU."""

from typing import Any

import keras
from keras import ops

_GOLDEN, _MIX_1, _MIX_2 = 0x9E3779B9, 0x85EBCA6B, 0xC2B2AE35


@keras.saving.register_keras_serializable(package="mtl_rec")
class HashedDropout(keras.layers.Layer):
    """Drops entries at random in training and scales up those that stay.

    Whether an entry stays is a hash of its place and of a seed that moves with every
    step: a few integer operations, where Keras' generator costs XLA on a CPU some
    hundred times as much. Like Keras' layer it keeps the seed in its state.

    Args:
        rate: Share of the entries that are dropped, at least 0 and below 1.
        seed: Where the sequence of seeds starts.

    Inputs: any shape.

    Output shape: as the inputs.

    Reference: the mixing steps are MurmurHash3's 32-bit finaliser (Appleby, 2011).
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
        place = ops.reshape(ops.arange(ops.size(inputs)), ops.shape(inputs))
        mixed = ops.cast(place, "uint32") * _constant(_GOLDEN) + _hash(
            first + _hash(second)
        )
        # The upper 24 bits are what float32 holds exactly.
        drawn = ops.cast(ops.right_shift(_hash(mixed), _constant(8)), "float32")
        stays = drawn >= self.rate * 2.0**24
        return ops.where(stays, inputs / (1 - self.rate), ops.zeros_like(inputs))

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


def _constant(value: int):
    return ops.convert_to_tensor(value, "uint32")


def _hash(value):
    """Thirty-two bits, of which each depends on every bit of the value."""
    value = ops.bitwise_xor(value, ops.right_shift(value, _constant(16)))
    value = value * _constant(_MIX_1)
    value = ops.bitwise_xor(value, ops.right_shift(value, _constant(13)))
    value = value * _constant(_MIX_2)
    return ops.bitwise_xor(value, ops.right_shift(value, _constant(16)))
