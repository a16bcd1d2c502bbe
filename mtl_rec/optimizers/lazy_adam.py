"""Adam for models with large embedding tables."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="mtl_rec")
class LazyAdam(keras.optimizers.Adam):
    """Adam that sums the gradients of repeated ids and leaves other rows alone.

    Dense weights are updated as Keras does. Of a table, only the rows that a batch
    holds change, and only their moments: a row that is absent does not decay. Keras'
    own Adam on TensorFlow squares each repeat's gradient instead of their sum.

    `make_trainable` models use it row by row on every backend; in a plain
    `keras.Model` it does so on TensorFlow and is Keras' Adam elsewhere.

    Args:
        learning_rate: A number or a `keras.optimizers.schedules.LearningRateSchedule`.
        beta_1: Decay of the mean of gradients.
        beta_2: Decay of the mean of squared gradients.
        epsilon: Added to the root of the latter.
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
        name: str = "lazy_adam",
    ) -> None:
        # Keras' other options (clipping, decay, averaging, ...) would reach the dense
        # weights but not the rows of tables.
        super().__init__(learning_rate, beta_1, beta_2, epsilon, name=name)

    def moments(self, table: keras.Variable) -> tuple[keras.Variable, keras.Variable]:
        """The two variables that hold a table's moments, shaped like the table."""
        index = self._get_variable_index(table)
        return self._momentums[index], self._velocities[index]

    def updated_rows(self, rows, mean, square, gradient, learning_rate, step):
        """One Adam step on rows that are each listed once, or alike each time.

        Args:
            rows: Rows of the table, `(n, width)`.
            mean: Their first moments.
            square: Their second moments.
            gradient: Their gradients, repeats summed.
            learning_rate: A scalar.
            step: Steps taken, this one included.

        Returns:
            The new rows, first moments and second moments.
        """
        mean = mean + (gradient - mean) * (1 - self.beta_1)
        square = square + (ops.square(gradient) - square) * (1 - self.beta_2)
        correction = ops.sqrt(1 - ops.power(ops.cast(self.beta_2, "float32"), step))
        correction = correction / (
            1 - ops.power(ops.cast(self.beta_1, "float32"), step)
        )
        change = mean * (learning_rate * correction) / (ops.sqrt(square) + self.epsilon)
        return rows - change, mean, square

    def update_step(self, gradient, variable, learning_rate):
        """Called by Keras; TensorFlow's gradient of a gather comes as slices."""
        if not hasattr(gradient, "indices"):
            super().update_step(gradient, variable, learning_rate)
            return
        indices, values = gradient.indices, _sum_repeats(gradient)
        variables = [variable, *(slot.value for slot in self.moments(variable))]
        rows, mean, square = (v.sparse_read(indices) for v in variables)
        updated = self.updated_rows(
            rows,
            mean,
            square,
            values,
            ops.cast(learning_rate, "float32"),
            ops.cast(self.iterations + 1, "float32"),
        )
        for target, new in zip(variables, updated, strict=True):
            # Repeats write the same row again, so their order does not matter.
            target.scatter_update(type(gradient)(new, indices))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        config = super().get_config()
        names = ("learning_rate", "beta_1", "beta_2", "epsilon", "name")
        return {name: config[name] for name in names}


def _sum_repeats(gradient):
    """Every slice replaced by the sum of all slices with its index."""
    order = ops.argsort(gradient.indices)
    indices = ops.take(gradient.indices, order)
    is_first = ops.cast(ops.not_equal(indices[1:], indices[:-1]), "int32")
    group_sorted = ops.concatenate([ops.zeros_like(indices[:1], "int32"), is_first])
    group_sorted = ops.cumsum(group_sorted)
    group = ops.take(group_sorted, ops.argsort(order))
    sums = ops.segment_sum(gradient.values, group, ops.shape(indices)[0])
    return ops.take(sums, group, axis=0)
