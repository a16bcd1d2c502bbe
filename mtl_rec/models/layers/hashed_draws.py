"""Numbers that look random and are a function of their place and a key."""

from typing import Any

from keras import ops

_GOLDEN, _MIX_1, _MIX_2 = 0x9E3779B9, 0x85EBCA6B, 0xC2B2AE35

BITS = 24
"""Of a draw; what float32 holds exactly."""


def hashed_draws(shape: Any, key: Any) -> Any:
    """Whole numbers from 0 up to 2^24, as float32: a hash of each place and the key.

    A few integer operations, where Keras' generator costs XLA on a CPU some hundred
    times as much.

    Args:
        shape: Of the result.
        key: A uint32 scalar; equal keys give equal numbers.

    Reference: the mixing steps are MurmurHash3's 32-bit finaliser (Appleby, 2011).
    """
    size = 1
    for length in shape:
        size = size * length
    place = ops.reshape(ops.arange(size), shape)
    mixed = ops.cast(place, "uint32") * _constant(_GOLDEN) + mixed_bits(key)
    drawn = ops.right_shift(mixed_bits(mixed), _constant(32 - BITS))
    return ops.cast(drawn, "float32")


def mixed_bits(value: Any) -> Any:
    """Thirty-two bits, of which each depends on every bit of the value."""
    value = ops.bitwise_xor(value, ops.right_shift(value, _constant(16)))
    value = value * _constant(_MIX_1)
    value = ops.bitwise_xor(value, ops.right_shift(value, _constant(13)))
    value = value * _constant(_MIX_2)
    return ops.bitwise_xor(value, ops.right_shift(value, _constant(16)))


def _constant(value: int) -> Any:
    return ops.convert_to_tensor(value, "uint32")
