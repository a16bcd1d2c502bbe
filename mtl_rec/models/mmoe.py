"""Multi-gate mixture of experts (Ma et al., KDD 2018)."""

import keras
from keras import ops

from mtl_rec.config.interactions import Interactions
from mtl_rec.config.model import MMoE
from mtl_rec.models.heads import funnel_heads
from mtl_rec.models.inputs import embed_fields, packed_inputs
from mtl_rec.models.layers.hashed_dropout import HashedDropout
from mtl_rec.models.layers.mixture_of_experts import MixtureOfExperts
from mtl_rec.models.layers.parallel_mlp import ParallelMLP
from mtl_rec.schema.schema import Schema


def build_mmoe(
    config: MMoE, schema: Schema, embedding_dim: int, interactions: Interactions
) -> keras.Model:
    """Every task mixes the same experts through its own gate."""
    inputs = packed_inputs(schema)
    fields = embed_fields(inputs, schema, embedding_dim, interactions=interactions)
    num_tasks, num_experts = len(schema.tasks), config.num_experts

    first, *deeper = config.expert_units
    # Experts and gates see the same fields, so one product serves both.
    hidden = fields.linear(
        num_experts * (first + num_tasks), "experts_and_gates", fan_out=first
    )
    hidden, gates = ops.split(hidden, [num_experts * first], axis=1)
    hidden = ops.reshape(ops.relu(hidden), (-1, num_experts, first))
    experts = HashedDropout(config.dropout)(hidden)
    if deeper:
        mlp = ParallelMLP(num_experts, deeper, config.dropout, name="experts")
        experts = mlp(experts)
    gate_logits = ops.reshape(gates, (-1, num_tasks, num_experts))
    task_vectors = MixtureOfExperts(name="mixture")(gate_logits, experts)

    outputs = funnel_heads(
        task_vectors, config.tower_units, config.dropout, schema, inputs
    )
    return keras.Model(inputs, outputs, name="mmoe")
