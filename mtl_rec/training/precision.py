"""Training in bfloat16 a model whose weights and predictions are float32."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import keras


@contextmanager
def computed_in(layers: Sequence[keras.layers.Layer], precision: str) -> Iterator[None]:
    """While a step is traced, these layers compute as this dtype policy says.

    Only the step does: what is validated, saved and served stays what it was, as a
    server's CPU would emulate bfloat16, and its answers would depend on the batch.

    Args:
        layers: Those of a model, sublayers included, built as float32.
        precision: `float32` leaves them alone.
    """
    before = [layer.dtype_policy for layer in layers]
    if precision != "float32":
        for layer in layers:
            layer.dtype_policy = precision
    try:
        yield
    finally:
        for layer, policy in zip(layers, before, strict=True):
            layer.dtype_policy = policy
