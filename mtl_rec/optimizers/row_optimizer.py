"""What an optimizer must know to update tables row by row."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from mtl_rec.optimizers.clipping import clipped, clips
from mtl_rec.table_rows import rows_of


class RowOptimizer(keras.optimizers.Optimizer):
    """An optimizer that changes only the rows of a table that a batch holds.

    Dense weights are updated as Keras does. Of a table, only the rows that a batch
    holds change, and only what is remembered of them; the gradients of an id that is
    repeated are summed first. Models of `make_trainable` use it row by row on every
    backend; in a plain `keras.Model` it does so on TensorFlow, where a table's gradient
    comes as slices, and is elsewhere what Keras makes of a dense gradient.

    Subclasses say what is remembered of a row, `row_slots`, and how a row changes,
    `updated_rows`.
    """

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
        if not hasattr(gradient, "indices"):
            super().update_step(gradient, variable, learning_rate)
            return
        indices, values = gradient.indices, _sum_repeats(gradient)
        row_slots = self.row_slots(variable)
        rows = variable.sparse_read(indices)
        slots = [rows_of(slot, indices) for slot in row_slots]
        rows, slots = self.updated_rows(
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
        return config


UNSUPPORTED = (
    "weight_decay",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
)


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
