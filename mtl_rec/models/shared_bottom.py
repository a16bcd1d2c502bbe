"""Shared bottom (Caruana, "Multitask Learning", Machine Learning 1997)."""

import keras
from keras import ops

from mtl_rec.config.model import SharedBottom
from mtl_rec.models.heads import funnel_heads
from mtl_rec.models.inputs import embed_fields, packed_inputs
from mtl_rec.models.layers.hashed_dropout import HashedDropout
from mtl_rec.schema.schema import Schema


def build_shared_bottom(
    config: SharedBottom, schema: Schema, embedding_dim: int
) -> keras.Model:
    """All tasks see the output of one body."""
    inputs = packed_inputs(schema)
    fields = embed_fields(inputs, schema, embedding_dim)
    if not config.bottom_units:
        bottom = fields.joined()
    for depth, units in enumerate(config.bottom_units):
        name = f"bottom_{depth}"
        linear = (
            keras.layers.Dense(units, name=name)(bottom)
            if depth
            else fields.linear(units, name)
        )
        bottom = HashedDropout(config.dropout)(ops.relu(linear))

    outputs = funnel_heads(bottom, config.tower_units, config.dropout, schema, inputs)
    return keras.Model(inputs, outputs, name="shared_bottom")
