"""Where steps stand, as an angle that what is compared is turned by."""

from typing import Any

from keras import ops

LONGEST_TURN = 10_000.0


def rotated(vectors: Any, places: Any) -> Any:
    """Vectors turned by their places: products of two depend on their distance alone.

    Each pair of numbers is turned in its plane by the place times the pair's own
    frequency, from 1 down to almost 1 / 10,000; a last number without another stays.

    Args:
        vectors: By head, `(batch, heads, length, width)`.
        places: `(batch or 1, length)`, whole numbers.

    Reference: Su et al., "RoFormer: Enhanced Transformer with Rotary Position
    Embedding", 2021, equations 14 and 15, with the numbers of a pair half a width
    apart.
    """
    pairs = vectors.shape[3] // 2
    frequencies = LONGEST_TURN ** (-ops.arange(pairs, dtype="float32") / pairs)
    # As float32: a bfloat16 holds no place above 256.
    angles = ops.cast(places, "float32")[:, None, :, None] * frequencies
    cosine, sine = (
        ops.cast(own, vectors.dtype) for own in (ops.cos(angles), ops.sin(angles))
    )
    one, other, rest = ops.split(vectors, [pairs, 2 * pairs], axis=3)
    turned = [one * cosine - other * sine, one * sine + other * cosine, rest]
    return ops.concatenate(turned, axis=3)
