"""Multi-gate mixture of experts (Ma et al., KDD 2018)."""

import keras

from mtl_rec.config.model import MMoE
from mtl_rec.models.heads import funnel_heads
from mtl_rec.models.inputs import embed_fields, packed_inputs
from mtl_rec.models.layers.mixture_of_experts import MixtureOfExperts
from mtl_rec.models.layers.parallel_mlp import ParallelMLP
from mtl_rec.schema.schema import Schema


def build_mmoe(config: MMoE, schema: Schema, embedding_dim: int) -> keras.Model:
    """Every task mixes the same experts through its own gate."""
    inputs = packed_inputs(schema)
    x = embed_fields(inputs, schema, embedding_dim)

    experts = ParallelMLP(
        config.num_experts, config.expert_units, config.dropout, name="experts"
    )(x)
    task_vectors = MixtureOfExperts(len(schema.tasks), name="gates")(x, experts)

    outputs = funnel_heads(
        task_vectors, config.tower_units, config.dropout, schema, inputs
    )
    return keras.Model(inputs, outputs, name="mmoe")
