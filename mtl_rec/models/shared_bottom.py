"""Shared bottom (Caruana, "Multitask Learning", Machine Learning 1997)."""

import keras
from keras import ops

from mtl_rec.config.interactions import Interactions
from mtl_rec.config.model import SharedBottom
from mtl_rec.models.heads import funnel_heads
from mtl_rec.models.initial_weights import InitialWeights, glorot_limit
from mtl_rec.models.inputs import embed_fields, packed_inputs
from mtl_rec.models.layers.hashed_dropout import HashedDropout
from mtl_rec.schema.schema import Schema


def build_shared_bottom(
    config: SharedBottom,
    schema: Schema,
    embedding_dim: int,
    interactions: Interactions,
) -> keras.Model:
    """All tasks see the output of one body."""
    inputs = packed_inputs(schema)
    fields = embed_fields(inputs, schema, embedding_dim, interactions=interactions)
    bottom = None
    for depth, units in enumerate(config.bottom_units):
        name = f"bottom_{depth}"
        if bottom is None:
            linear = fields.linear(units, name)
        else:
            limit = glorot_limit(bottom.shape[-1], units)
            initializer = InitialWeights("uniform", limit)
            dense = keras.layers.Dense(units, kernel_initializer=initializer, name=name)
            linear = dense(bottom)
        bottom = HashedDropout(config.dropout)(ops.relu(linear))
    if bottom is None:
        bottom = fields.joined()

    outputs = funnel_heads(bottom, config.tower_units, config.dropout, schema, inputs)
    return keras.Model(inputs, outputs, name="shared_bottom")
