"""What an optimizer must know to update tables row by row."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from mtl_rec.optimizers.clipping import clipped, clips
from mtl_rec.optimizers.repeats import sum_of_repeats
from mtl_rec.table_rows import rows_of


class RowOptimizer(keras.optimizers.Optimizer):
    """An optimizer that changes only the rows of a table that a batch holds.

    Dense weights are updated as Keras does. Of a table, only the rows that a batch
    holds change, and only what is remembered of them; the gradients of an id that is
    repeated are summed first. Models of `make_trainable` use it row by row on every
    backend; in a plain `keras.Model` it does so on TensorFlow, where a table's gradient
    comes as slices, and is elsewhere what Keras makes of a dense gradient.

    `l2_penalty` pulls weights towards 0, as if every step's loss had the term
    `l2_penalty * |w|^2` of all rows of tables and of all kernels, not of biases. A row
    settles what it owes when a batch holds it, so that a step costs what it did. A
    value that occurs a thousand times is pulled no harder than one that occurs once,
    but has a thousand times the reason to withstand.

    Weights of a language model that others have trained are pulled nowhere, and those
    of them that train have a learning rate of their own, `own_learning_rate`.

    Subclasses say what is remembered of a row, `row_slots`, and how a row changes,
    `updated_rows`; the step asks for `table_slots` and `changed_rows`.
    """

    l2_penalty: float

    def build(self, variables):
        """Called by Keras."""
        if self.built:
            return
        super().build(variables)
        self._build_rates_and_pull(variables)

    def _build_rates_and_pull(self, variables: Sequence[keras.Variable]) -> None:
        self._own_rates = [getattr(v, "own_learning_rate", None) for v in variables]
        pulls = self.l2_penalty > 0
        self._is_pulled = [pulls and _has_pull(variable) for variable in variables]
        self._settled = [
            self.add_variable(
                shape=(variable.shape[0], 1),
                dtype="float32",
                name=f"{variable.path.replace('/', '_')}_settled",
            )
            if pulls and getattr(variable, "is_table", False)
            else None
            for variable in variables
        ]

    def _settled_of(self, variable: Any) -> keras.Variable | None:
        """When the rows were changed last, of tables that are pulled."""
        return self._settled[self._get_variable_index(variable)]

    def row_optimizer(self) -> "RowOptimizer":
        """The optimizer of the tables."""
        return self

    def row_slots(self, table: keras.Variable) -> tuple[keras.Variable, ...]:
        """The variables that remember something of a table's rows, a row each."""
        raise NotImplementedError

    def updated_rows(
        self,
        rows: Any,
        slots: Sequence[Any],
        gradient: Any,
        learning_rate: Any,
        step: Any,
    ) -> tuple[Any, list[Any]]:
        """One step on rows that are each listed once, or alike each time.

        Args:
            rows: Rows of the table, `(n, width)`.
            slots: The same rows of `row_slots`.
            gradient: Of these rows, repeats summed, `(n, width)`.
            learning_rate: A scalar.
            step: Steps taken, this one included, a scalar.

        Returns:
            The new rows and the new slots.
        """
        raise NotImplementedError

    def table_slots(self, table: keras.Variable) -> tuple[keras.Variable, ...]:
        """All that is remembered of a table's rows: `row_slots`, and what is settled.

        The latter is the number of the step that changed a row last, `(rows, 1)`.
        """
        settled = self._settled_of(table)
        return self.row_slots(table) + (() if settled is None else (settled,))

    def changed_rows(
        self,
        rows: Any,
        slots: Sequence[Any],
        gradient: Any,
        learning_rate: Any,
        step: Any,
    ) -> tuple[Any, list[Any]]:
        """`updated_rows` with the pull of all steps since a row was changed last.

        Args:
            rows: As there.
            slots: The same rows of `table_slots`.
            gradient: As there, without the pull.
            learning_rate: As there.
            step: As there.
        """
        if not self.l2_penalty:
            return self.updated_rows(rows, slots, gradient, learning_rate, step)
        *own, settled = slots
        pull = 2.0 * self.l2_penalty * (step - settled) * rows
        rows, own = self.updated_rows(rows, own, gradient + pull, learning_rate, step)
        return rows, [*own, ops.zeros_like(settled) + step]

    def clip(
        self, dense: Sequence[Any], rows: Sequence[Any]
    ) -> tuple[list[Any], list[Any]]:
        """Gradients of dense weights and of rows as `clipnorm` and the like ask.

        The rows that are not in the batch have no gradient: the norm over those that
        are is the norm of the whole table's.
        """
        both = clipped(self, [*dense, *rows])
        return both[: len(dense)], both[len(dense) :]

    def apply(self, grads, trainable_variables=None):
        """Called by Keras."""
        if clips(self) and any(hasattr(gradient, "indices") for gradient in grads):
            raise ValueError(
                "`clipnorm`, `clipvalue` and `global_clipnorm` must not be set in a "
                "plain model with a table: Keras would clip each repeat of an id by "
                "itself. Train it with `mtl_rec.training.make_trainable`, which sums "
                f"them first. Received: {self.get_config()}."
            )
        if not grads:
            # Only tables train, by the step itself: Keras would not count it.
            self.iterations.assign_add(1)
            return
        super().apply(grads, trainable_variables)

    def update_step(self, gradient, variable, learning_rate):
        """Called by Keras; TensorFlow's gradient of a gather comes as slices."""
        own_rate = self._own_rates[self._get_variable_index(variable)]
        learning_rate = learning_rate if own_rate is None else own_rate
        is_pulled = self._is_pulled[self._get_variable_index(variable)]
        pull = 2.0 * self.l2_penalty if is_pulled else 0.0
        if not hasattr(gradient, "indices"):
            if is_pulled:
                gradient = gradient + pull * variable
            super().update_step(gradient, variable, learning_rate)
            return
        indices, values = gradient.indices, sum_of_repeats(gradient)
        row_slots = self.table_slots(variable)
        rows = variable.sparse_read(indices)
        slots = [rows_of(slot, indices) for slot in row_slots]
        change = self.changed_rows
        if self._settled_of(variable) is None:
            # Slices of a dense weight, which each step holds as a whole.
            change, values = self.updated_rows, values + pull * rows
        rows, slots = change(
            rows,
            slots,
            values,
            ops.cast(learning_rate, "float32"),
            ops.cast(self.iterations + 1, "float32"),
        )
        targets = (variable, *(slot.value for slot in row_slots))
        for target, new in zip(targets, (rows, *slots), strict=True):
            # Repeats write the same row again, so their order does not matter.
            target.scatter_update(type(gradient)(new, indices))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        config = super().get_config()
        # Keras' other options would reach the dense weights but not the rows.
        for name in UNSUPPORTED:
            config.pop(name, None)
        return {**config, "l2_penalty": self.l2_penalty}


UNSUPPORTED = (
    "weight_decay",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
)


def _has_pull(variable: keras.Variable) -> bool:
    """Whether it multiplies something, and was not trained by others."""
    is_kernel = len(variable.shape) > 1 and not variable.name.startswith("bias")
    return is_kernel and not getattr(variable, "is_pretrained", False)
