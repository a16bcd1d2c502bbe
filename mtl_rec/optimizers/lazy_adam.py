"""Adam for models with large embedding tables."""

from typing import Any

import keras
from keras import ops

from mtl_rec.optimizers.row_optimizer import RowOptimizer


@keras.saving.register_keras_serializable(package="mtl_rec")
class LazyAdam(RowOptimizer, keras.optimizers.Adam):
    """Adam that sums the gradients of repeated ids and leaves other rows alone.

    A row that a batch does not hold neither moves nor do its moments decay. Keras' own
    Adam on TensorFlow squares each repeat's gradient instead of their sum.

    Args:
        learning_rate: A number or a `keras.optimizers.schedules.LearningRateSchedule`.
        beta_1: Decay of the mean of gradients.
        beta_2: Decay of the mean of squared gradients.
        epsilon: Added to the root of the latter.
        clipnorm: Highest norm of each variable's gradient.
        clipvalue: Highest absolute value of a gradient's entries.
        global_clipnorm: Highest norm of all gradients together.
        l2_penalty: Of tables and kernels at every step, as `RowOptimizer` says.
        name: As in Keras.

    Reference: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015,
    algorithm 1, applied to the touched rows.
    """

    def __init__(
        self,
        learning_rate: Any = 1e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        l2_penalty: float = 0.0,
        name: str = "lazy_adam",
    ) -> None:
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            name=name,
        )
        self.l2_penalty = l2_penalty

    def row_slots(self, table):
        """The moments of a table, each shaped like the table."""
        index = self._get_variable_index(table)
        return self._momentums[index], self._velocities[index]

    def updated_rows(self, rows, slots, gradient, learning_rate, step):
        """One Adam step; see `RowOptimizer.updated_rows`."""
        mean, square = slots
        mean = mean + (gradient - mean) * (1 - self.beta_1)
        square = square + (ops.square(gradient) - square) * (1 - self.beta_2)
        correction = ops.sqrt(1 - ops.power(ops.cast(self.beta_2, "float32"), step))
        correction = correction / (
            1 - ops.power(ops.cast(self.beta_1, "float32"), step)
        )
        change = mean * (learning_rate * correction) / (ops.sqrt(square) + self.epsilon)
        return rows - change, [mean, square]

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        config = super().get_config()
        del config["amsgrad"]
        return config
