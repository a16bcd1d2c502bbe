"""Adagrad that remembers one number for each row of a table."""

from typing import Any

import keras
from keras import ops

from mtl_rec.optimizers.row_optimizer import RowOptimizer


@keras.saving.register_keras_serializable(package="mtl_rec")
class RowAdagrad(RowOptimizer, keras.optimizers.Adagrad):
    """Adagrad with one accumulator for each row of a table, and per entry elsewhere.

    The accumulator adds up the mean of the row's squared gradient, so that a table of
    width 16 needs a sixteenth of its own size beside it, where Adam needs twice its
    size. Repeated ids are summed first, other rows are left alone.

    Args:
        learning_rate: A number or a `keras.optimizers.schedules.LearningRateSchedule`.
        initial_accumulator_value: What every accumulator starts with.
        epsilon: Added to the accumulator below the root.
        clipnorm: Highest norm of each variable's gradient.
        clipvalue: Highest absolute value of a gradient's entries.
        global_clipnorm: Highest norm of all gradients together.
        l2_penalty: Of tables and kernels at every step, as `RowOptimizer` says.
        name: As in Keras.

    Reference: Duchi et al., "Adaptive Subgradient Methods for Online Learning and
    Stochastic Optimization", JMLR 2011; by rows as in Gupta et al., "Training
    Recommender Systems at Scale", KDD 2021.
    """

    def __init__(
        self,
        learning_rate: Any = 1e-2,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        l2_penalty: float = 0.0,
        name: str = "row_adagrad",
    ) -> None:
        super().__init__(
            learning_rate,
            initial_accumulator_value,
            epsilon,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            name=name,
        )
        self.l2_penalty = l2_penalty

    def build(self, variables):
        """Called by Keras; a table gets an accumulator of `(rows, 1)`."""
        if self.built:
            return
        keras.optimizers.Optimizer.build(self, variables)
        self._build_rates_and_pull(variables)
        self._accumulators = [
            self.add_variable(
                shape=(v.shape[0], 1) if getattr(v, "is_table", False) else v.shape,
                initializer=keras.initializers.Constant(self.initial_accumulator_value),
                dtype=v.dtype,
                name=f"{v.path.replace('/', '_')}_accumulator",
            )
            for v in variables
        ]

    def row_slots(self, table):
        """The accumulator of a table, `(rows, 1)`."""
        return (self._accumulators[self._get_variable_index(table)],)

    def updated_rows(self, rows, slots, gradient, learning_rate, step):
        """One Adagrad step; see `RowOptimizer.updated_rows`."""
        (accumulator,) = slots
        accumulator += ops.mean(ops.square(gradient), axis=1, keepdims=True)
        change = learning_rate * gradient / ops.sqrt(accumulator + self.epsilon)
        return rows - change, [accumulator]

    def update_step(self, gradient, variable, learning_rate):
        """Called by Keras."""
        accumulator = self._accumulators[self._get_variable_index(variable)]
        if hasattr(gradient, "indices") or accumulator.shape == tuple(variable.shape):
            super().update_step(gradient, variable, learning_rate)
            return
        rate = ops.cast(learning_rate, variable.dtype)
        rows, (new,) = self.updated_rows(
            ops.convert_to_tensor(variable), [accumulator.value], gradient, rate, None
        )
        self.assign(variable, rows)
        self.assign(accumulator, new)
