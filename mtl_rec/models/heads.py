"""From task vectors to log-probabilities: the same for every architecture."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from mtl_rec.config.sampling import SAMPLING_OFFSET
from mtl_rec.models.fields import joined
from mtl_rec.models.layers.funnel import FunnelLogProbabilities
from mtl_rec.models.layers.parallel_mlp import ParallelMLP
from mtl_rec.models.layers.task_heads import TaskHeads
from mtl_rec.models.linear_terms import linear_terms
from mtl_rec.schema.schema import LabelScale, Schema


def funnel_heads(
    task_vectors: keras.KerasTensor,
    tower_units: Sequence[int],
    dropout: float,
    schema: Schema,
    inputs: Mapping[str, keras.KerasTensor],
    is_apart: bool = False,
) -> dict[str, keras.KerasTensor]:
    """A tower, a linear term and a logit for each task, then the funnel's outputs.

    Args:
        task_vectors: `(batch, dim)` that all tasks share, or `(batch, tasks, dim)`.
        tower_units: Widths of every tower's layers.
        dropout: Share of each tower layer's outputs dropped in training.
        schema: Names the tasks.
        inputs: From `packed_inputs`.
        is_apart: Whether tasks share nothing: neither a table, nor the gradient of
            events before theirs.

    Returns:
        By task, what `FunnelLogProbabilities` says of it.
    """
    num_tasks = len(schema.tasks)
    towers = ParallelMLP(num_tasks, tower_units, dropout, name="towers")(task_vectors)
    networks = [task.name for task in schema.tasks] if is_apart else [""]
    each = num_tasks // len(networks)
    linear = [linear_terms(inputs, schema, each, network) for network in networks]
    terms = [joined(linear)] if linear[0] is not None else []
    logits = TaskHeads(name="logits")(towers, *terms)
    funnel = FunnelLogProbabilities(_task_settings(schema), is_apart, name="funnel")
    if SAMPLING_OFFSET in inputs:
        return funnel([logits, inputs[SAMPLING_OFFSET]])
    return funnel(logits)


def _task_settings(schema: Schema) -> list[dict[str, Any]]:
    """The funnel as the layers take it: plain values."""
    log_rate = schema.sampling.mean_log_rate if schema.sampling else 0.0
    settings = []
    for task in schema.tasks:
        scale = schema.label_scales.get(task.name, LabelScale(0.0, 1.0))
        settings.append(
            {
                "name": task.name,
                "after": task.after,
                "kind": task.kind,
                "is_conditional": task.is_conditional,
                "mean": scale.mean,
                "standard_deviation": scale.standard_deviation,
                "served_offset": 0.0 if task.after else log_rate,
            }
        )
    return settings
