"""One network for each task that shares nothing with the others."""

from collections.abc import Sequence

import keras
from keras import ops

from mtl_rec.config.interactions import Interactions
from mtl_rec.config.model import SingleTask
from mtl_rec.models.heads import funnel_heads
from mtl_rec.models.inputs import embed_fields, packed_inputs
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.layers.hashed_dropout import HashedDropout
from mtl_rec.models.layers.parallel_mlp import ParallelMLP
from mtl_rec.models.table_reads import TableReads
from mtl_rec.schema.schema import Schema


def build_single_task(
    config: SingleTask,
    schema: Schema,
    embedding_dim: int,
    interactions: Interactions,
) -> keras.Model:
    """Every task has its own embeddings, body and tower, and its own loss alone.

    Tables are apart, rather than columns of one, so that optimizers that remember one
    number for a row do so for one task. Vectors that are given are read once for all,
    and texts by frozen language models.
    """
    inputs = packed_inputs(schema)
    bodies = []
    vectors_read: dict[str, Sequence[TableReads]] = {}
    texts_read: dict[str, keras.KerasTensor] = {}
    for task in schema.tasks:
        fields = embed_fields(
            inputs,
            schema,
            embedding_dim,
            task.name,
            interactions,
            vectors_read,
            texts_read,
        )
        if config.bottom_units:
            name = layer_name("bottom_0", task.name)
            bodies.append(ops.relu(fields.linear(config.bottom_units[0], name)))
        else:
            bodies.append(fields.joined())
    task_vectors = ops.stack(bodies, axis=1)  # (batch, tasks, dim)
    if config.bottom_units:
        task_vectors = HashedDropout(config.dropout)(task_vectors)
        if deeper := config.bottom_units[1:]:
            mlp = ParallelMLP(len(schema.tasks), deeper, config.dropout, name="bottoms")
            task_vectors = mlp(task_vectors)

    outputs = funnel_heads(
        task_vectors,
        config.tower_units,
        config.dropout,
        schema,
        inputs,
        is_apart=True,
    )
    return keras.Model(inputs, outputs, name="single_task")
