"""One loss for each kind of task; a row whose label is NaN teaches nothing."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

if TYPE_CHECKING:
    from mtl_rec.config.tasks import Task
    from mtl_rec.schema.schema import LabelScale


@keras.saving.register_keras_serializable(package="mtl_rec")
class FunnelLogLoss(keras.losses.Loss):
    """Log loss of an event: `-(y log P + (1 - y) log(1 - P))`.

    Rows whose label is NaN are outside the task's sample space: they add nothing to
    the sum but count in the mean, so that the losses of a funnel's steps add up to its
    likelihood.

    Inputs: labels, `(batch, 1)` of 0, 1 or NaN; predictions, `(batch, 2)` =
        [log P, log(1 - P)] from `FunnelLogProbabilities`.
    """

    def call(self, y_true, y_pred):
        known = ops.isfinite(y_true)
        label = ops.where(known, y_true, 0.0)
        loss = -(label * y_pred[:, :1] + (1.0 - label) * y_pred[:, 1:])
        return ops.where(known, loss, 0.0)[:, 0]


@keras.saving.register_keras_serializable(package="mtl_rec")
class ScaledSquaredError(keras.losses.Loss):
    """Squared error of a value in units of its standard deviation.

    Args:
        standard_deviation: Of the label, so that euros and cents train alike.

    Inputs: labels, `(batch, 1)`, NaN where the value did not come to be;
        predictions, `(batch, 1)`.
    """

    def __init__(self, standard_deviation: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if standard_deviation <= 0:
            raise ValueError(
                "`standard_deviation` must be positive. "
                f"Received: {standard_deviation}."
            )
        self.standard_deviation = standard_deviation

    def call(self, y_true, y_pred):
        known = ops.isfinite(y_true)
        # The inner `where` keeps NaN out of the gradient, the outer out of the loss.
        error = (ops.where(known, y_true, 0.0) - y_pred) / self.standard_deviation
        return ops.where(known, ops.square(error), 0.0)[:, 0]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "standard_deviation": self.standard_deviation}


def funnel_losses(
    tasks: Sequence["Task"], label_scales: Mapping[str, "LabelScale"] | None = None
) -> dict[str, keras.losses.Loss]:
    """The loss of every task by name, as `compile(loss=...)` takes it.

    Args:
        tasks: The funnel.
        label_scales: By name of the regression task, from a fitted schema.
    """
    scales = label_scales or {}
    return {
        task.name: (
            FunnelLogLoss(name=task.name)
            if task.kind == "binary"
            else ScaledSquaredError(
                scales[task.name].standard_deviation if task.name in scales else 1.0,
                name=task.name,
            )
        )
        for task in tasks
    }
