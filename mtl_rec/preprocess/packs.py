"""Columns to packs, one tensor for several fields."""

from collections.abc import Mapping, Sequence

import tensorflow as tf


def packs_of(
    values: tf.Tensor, packs: Mapping[str, Sequence[int]]
) -> dict[str, tf.Tensor]:
    """Packs by name, from the positions of their columns; empty ones are left out."""
    packs = {name: columns for name, columns in packs.items() if columns}
    order = [column for columns in packs.values() for column in columns]
    sizes = [len(columns) for columns in packs.values()]
    if order != list(range(values.shape[1] or 0)):
        values = tf.gather(values, order, axis=1)
    parts = tf.split(values, sizes, axis=1) if len(sizes) > 1 else [values]
    return dict(zip(packs, parts, strict=True))
