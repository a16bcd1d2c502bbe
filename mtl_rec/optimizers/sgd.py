"""Gradient descent for models with large embedding tables."""

from typing import Any

import keras

from mtl_rec.optimizers.row_optimizer import RowOptimizer


@keras.saving.register_keras_serializable(package="mtl_rec")
class SGD(RowOptimizer, keras.optimizers.SGD):
    """Gradient descent that touches the rows of a batch and remembers nothing.

    It has no momentum: a row's would have to move it in every batch that lacks it.

    Args:
        learning_rate: A number or a `keras.optimizers.schedules.LearningRateSchedule`.
        clipnorm: Highest norm of each variable's gradient.
        clipvalue: Highest absolute value of a gradient's entries.
        global_clipnorm: Highest norm of all gradients together.
        l2_penalty: Of tables and kernels at every step, as `RowOptimizer` says.
        name: As in Keras.
    """

    def __init__(
        self,
        learning_rate: Any = 1e-2,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        l2_penalty: float = 0.0,
        name: str = "row_sgd",
    ) -> None:
        super().__init__(
            learning_rate,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            name=name,
        )
        self.l2_penalty = l2_penalty

    def row_slots(self, table):
        """Nothing is remembered of a row."""
        return ()

    def updated_rows(self, rows, slots, gradient, learning_rate, step):
        """One step down the gradient; see `RowOptimizer.updated_rows`."""
        return rows - learning_rate * gradient, []

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        config = super().get_config()
        del config["momentum"], config["nesterov"]
        return config
