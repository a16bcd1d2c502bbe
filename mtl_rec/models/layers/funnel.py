"""From one logit a task to probabilities that follow the funnel."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

_TASK_DEFAULTS = {
    "after": None,
    "kind": "binary",
    "is_conditional": False,
    "mean": 0.0,
    "standard_deviation": 1.0,
    "served_offset": 0.0,
}


class _FunnelLayer(keras.layers.Layer):
    """What both funnel layers know: every task's path, kind and label scale.

    Args:
        tasks: For each logit in order its `name`, and where they matter `after`, the
            parent's name; `kind`, `binary` or `regression`; `is_conditional`, whether
            it is trained given its parent; `mean` and `standard_deviation` of a
            regression's label; `served_offset`, which is added to its logit where it is
            served, for data with sampled negatives.
    """

    def __init__(self, tasks: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        # Half precision would round the offsets of sampled negatives.
        super().__init__(autocast=False, **kwargs)
        self.tasks = [{**_TASK_DEFAULTS, **task} for task in tasks]
        self._index: dict[str, int] = {}
        for position, task in enumerate(self.tasks):
            if task["after"] is not None and task["after"] not in self._index:
                raise ValueError(
                    f"`after` of task '{task['name']}' must name an earlier task. "
                    f"Received: '{task['after']}'. Earlier: {list(self._index)}."
                )
            self._index[task["name"]] = position

    def _branch(self, name: str) -> list[str]:
        """Tasks from the root to `name`."""
        parent = self.tasks[self._index[name]]["after"]
        return [*(self._branch(parent) if parent else []), name]

    def _by_task(self, values) -> dict[str, Any]:
        """Columns of `(batch, num_tasks)` by task, `(batch, 1)` each."""
        return dict(
            zip(self._index, ops.split(values, len(self.tasks), 1), strict=True)
        )

    def _value(self, logit, task: Mapping[str, Any]):
        """A regression's prediction where its parent happened, in label units."""
        return logit * task["standard_deviation"] + task["mean"]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "tasks": self.tasks}


def _log_joint(log_steps: Mapping[str, Any], steps: Sequence[str]):
    """Log of the probability that all steps happen.

    Added in order, so that more steps never give more.
    """
    total = log_steps[steps[0]]
    for name in steps[1:]:
        total = total + log_steps[name]
    return total


def _log_not(
    log_steps: Mapping[str, Any], log_stops: Mapping[str, Any], steps: Sequence[str]
):
    """Log of the probability that not all happen: one is the first to stop."""
    stopped = [log_stops[steps[0]]]
    for position in range(1, len(steps)):
        before = _log_joint(log_steps, steps[:position])
        stopped.append(before + log_stops[steps[position]])
    return ops.logsumexp(ops.concatenate(stopped, axis=1), axis=1, keepdims=True)


@keras.saving.register_keras_serializable(package="mtl_rec")
class FunnelLogProbabilities(_FunnelLayer):
    """What is trained: log P and log(1 - P) of every task, finite for any logit.

    For an event with logits z_1..z_k on its path,
    `log P = sum_j log_sigmoid(z_j)` and
    `log(1 - P) = logsumexp_i(sum_{j<i} log_sigmoid(z_j) + log_sigmoid(-z_i))`.
    An event trained given its parent has only its own step. The direct
    `log1p(-exp(log P))` is -inf, with NaN gradients, from logits of about 20.

    Args:
        tasks: As above.
        stops_ancestors: Whether the loss of a task leaves the logits of the steps
            before it alone, as if they were given.

    Inputs: logits, `(batch, num_tasks)`; or, for data with sampled negatives, a list of
        them and what to add to those of events without a parent, `(batch, 1)`.

    Outputs: by task, `(batch, 2)` for an event, `(batch, 1)` for a value.
    """

    def __init__(
        self,
        tasks: Sequence[Mapping[str, Any]],
        stops_ancestors: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(tasks, **kwargs)
        self.stops_ancestors = stops_ancestors

    def call(self, inputs):
        logits, *offset = keras.tree.flatten(inputs)
        logits = ops.cast(logits, "float32")
        if offset:
            logits = logits + ops.cast(offset[0], "float32") * self._first_events()
        all_steps = self._by_task(ops.log_sigmoid(logits))
        all_stops = self._by_task(ops.log_sigmoid(-logits))
        values = self._by_task(logits)
        outputs = {}
        for task in self.tasks:
            name, path = task["name"], self._branch(task["name"])
            log_steps, log_stops = (
                self._seen_from(name, logs) for logs in (all_steps, all_stops)
            )
            if task["kind"] == "regression":
                value = self._value(values[name], task)
                if path[:-1] and not task["is_conditional"]:
                    value = ops.exp(_log_joint(log_steps, path[:-1])) * value
                outputs[name] = value
                continue
            steps = path[-1:] if task["is_conditional"] else path
            both = [_log_joint(log_steps, steps), _log_not(log_steps, log_stops, steps)]
            outputs[name] = ops.concatenate(both, axis=1)
        return outputs

    def _seen_from(self, name: str, logs: dict[str, Any]) -> dict[str, Any]:
        """The same values, constant where the task shall not change them."""
        if not self.stops_ancestors:
            return logs
        before = self._branch(name)[:-1]
        return logs | {step: ops.stop_gradient(logs[step]) for step in before}

    def _first_events(self) -> np.ndarray:
        """1 for the logits of events without a parent, 0 for others."""
        firsts = [t["after"] is None and t["kind"] == "binary" for t in self.tasks]
        return np.array([firsts], "float32")

    def compute_output_shape(self, inputs_shape):
        # A list of shapes where there are offsets.
        batch, *_ = keras.tree.flatten(inputs_shape)
        widths = {"binary": 2, "regression": 1}
        return {t["name"]: (batch, widths[t["kind"]]) for t in self.tasks}

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stops_ancestors": self.stops_ancestors}


@keras.saving.register_keras_serializable(package="mtl_rec")
class FunnelPredictions(_FunnelLayer):
    """What is served: a named number for every event and every ancestor condition.

    `purchase` is P(purchase | exposure), `purchase_given_click` is
    P(purchase | click). A value follows the same names: `order_value` is its
    expectation over exposures, 0 where the purchase does not happen, and
    `order_value_given_purchase` its expectation over purchases.

    Inputs: logits, `(batch, num_tasks)`.

    Outputs: by name, `(batch, 1)` float32.
    """

    def call(self, logits):
        offsets = np.array([[t["served_offset"] for t in self.tasks]], "float32")
        logits = ops.cast(logits, "float32") + offsets
        log_steps = self._by_task(ops.log_sigmoid(logits))
        values = self._by_task(logits)
        outputs = {}
        for name, steps in self._steps().items():
            task = self.tasks[self._index[steps[-1]]]
            if task["kind"] == "binary":
                outputs[name] = ops.exp(_log_joint(log_steps, steps))
                parent = outputs.get(task["after"])
                if name == task["name"] and parent is not None:
                    # The sums never increase; the exponential's last bit may.
                    outputs[name] = ops.minimum(outputs[name], parent)
                continue
            value = self._value(values[task["name"]], task)
            if steps[:-1]:
                value = ops.exp(_log_joint(log_steps, steps[:-1])) * value
            outputs[name] = value
        return outputs

    def _steps(self) -> dict[str, list[str]]:
        """For every output, the steps from its condition down to its task."""
        steps = {task["name"]: self._branch(task["name"]) for task in self.tasks}
        for task in self.tasks:
            path = self._branch(task["name"])
            for depth, given in enumerate(path[:-1]):
                steps[f"{task['name']}_given_{given}"] = path[depth + 1 :]
        return steps

    def compute_output_shape(self, logits_shape):
        return dict.fromkeys(self._steps(), (logits_shape[0], 1))
