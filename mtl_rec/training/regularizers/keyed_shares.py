"""Numbers from 0 to 1 that look random, by step and purpose."""

import zlib
from typing import Any

from keras import ops

from mtl_rec.models.layers.hashed_draws import BITS, hashed_draws, mixed_bits


def keyed_shares(shape: Any, step: Any, purpose: str) -> Any:
    """Numbers from 0 up to 1, float32, a function of place, step and purpose.

    There is no state beside the count of steps, so that training that goes on from a
    checkpoint draws what it would have drawn. That runs with other seeds draw the same
    does not matter: other rows are at these places.

    Args:
        shape: Of the result.
        step: Steps taken, a scalar.
        purpose: Different purposes draw independently.
    """
    salt = ops.convert_to_tensor(zlib.crc32(purpose.encode()), "uint32")
    key = ops.cast(step, "uint32") + mixed_bits(salt)
    return hashed_draws(shape, key) / 2.0**BITS
