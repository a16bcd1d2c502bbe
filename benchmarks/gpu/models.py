"""The two architectures, from the package's layers, and their step on device arrays."""

from typing import Any

import jax
import keras
import numpy as np
from gpu import data
from keras import ops

from mtl_rec.losses import FunnelLogLoss
from mtl_rec.models import layers
from mtl_rec.optimizers import LazyAdam
from mtl_rec.training import TrainableModel

ARCHITECTURES = ("shared_bottom", "mmoe")


def build(architecture: str, table_rows: int, policy: str) -> TrainableModel:
    """A compiled model; its shapes are those of the small configuration."""
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(policy)
    ids = keras.Input((data.FIELDS,), dtype="int32", name="ids")
    block = data.rows_of_a_field(table_rows)
    offsets = [field * block for field in range(data.FIELDS)]
    table = layers.FusedEmbedding(table_rows, data.WIDTH, offsets, name="table")
    x = ops.reshape(table(ids), (-1, data.FIELDS * data.WIDTH))
    num_tasks = len(data.TASKS)
    if architecture == "mmoe":
        experts = layers.ParallelMLP(data.NUM_EXPERTS, [data.EXPERT_UNITS])(x)
        gates = keras.layers.Dense(num_tasks * data.NUM_EXPERTS, use_bias=False)(x)
        gates = ops.reshape(gates, (-1, num_tasks, data.NUM_EXPERTS))
        x = layers.MixtureOfExperts(name="mixture")(gates, experts)
    else:
        units = data.NUM_EXPERTS * data.EXPERT_UNITS
        x = keras.layers.Dense(units, activation="relu")(x)
    towers = layers.ParallelMLP(num_tasks, [data.TOWER_UNITS], name="towers")(x)
    logits = layers.TaskHeads(name="logits")(towers)
    model = TrainableModel(ids, layers.FunnelLogProbabilities(_funnel())(logits))
    model.compile(
        LazyAdam(1e-3), {task: FunnelLogLoss(name=task) for task in data.TASKS}
    )
    return model


def _funnel() -> list[dict[str, Any]]:
    event = {
        "kind": "binary",
        "is_conditional": False,
        "mean": 0.0,
        "standard_deviation": 1.0,
        "served_offset": 0.0,
    }
    parents = (None, *data.TASKS[:-1])
    return [
        {"name": task, "after": parent, **event}
        for task, parent in zip(data.TASKS, parents, strict=True)
    ]


class FedByFit:
    """Epochs of `fit` on arrays of the host; each call runs one and waits for it."""

    def __init__(self, model, ids, labels, batch_size: int) -> None:
        self._model, self._arguments = model, (ids, labels, batch_size)

    def __call__(self) -> None:
        ids, labels, batch_size = self._arguments
        self._model.fit(ids, labels, batch_size=batch_size, verbose=0)


class OnDevice:
    """Steps on batches that lie on the device already; each call runs one.

    Args:
        model: Has been fitted, so that every variable is there. Its values are given
            to the step, which donates them: call `give_back` before using it again.
        ids: Of all batches, on the host.
        labels: By task.
        batch_size: Exposures a step.
    """

    def __init__(self, model, ids, labels, batch_size: int) -> None:
        self._groups = (
            model.trainable_variables,
            model.non_trainable_variables,
            model.optimizer.variables,
            model.metrics_variables,
        )
        self._state = tuple([v.value for v in group] for group in self._groups)
        self._batches = [
            jax.device_put((ids[part], {task: y[part] for task, y in labels.items()}))
            for part in (
                slice(start, start + batch_size)
                for start in range(0, len(ids), batch_size)
            )
        ]
        step = jax.jit(model.train_step, donate_argnums=0)
        self._step = step.lower(self._state, self._batches[0]).compile()
        self._next = 0

    def __call__(self) -> None:
        batch = self._batches[self._next % len(self._batches)]
        self._next += 1
        _, self._state = self._step(self._state, batch)
        jax.block_until_ready(self._state)

    def cost(self) -> tuple[float, float]:
        """Bytes and FLOPs as XLA counts them; NaN where it does not."""
        counted = self._step.cost_analysis() or {}
        names = ("bytes accessed", "flops")
        return tuple(float(counted.get(name, np.nan)) for name in names)

    def give_back(self) -> None:
        for group, values in zip(self._groups, self._state, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
