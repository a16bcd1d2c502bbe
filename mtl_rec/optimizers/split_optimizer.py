"""One optimizer for tables, another for dense weights."""

from collections.abc import Sequence
from typing import Any

import keras

from mtl_rec.optimizers.row_optimizer import RowOptimizer


@keras.saving.register_keras_serializable(package="mtl_rec")
class SplitOptimizer(keras.optimizers.Optimizer):
    """Gives embedding tables and dense weights each their own optimizer and rate.

    `learning_rate` is that of the dense weights; setting it, as Keras' callbacks do,
    scales that of the tables alike.

    Args:
        tables: Updates tables, row by row.
        dense: Updates all else: any Keras optimizer, with its own weight decay and
            the like.
        name: As in Keras.
    """

    def __init__(
        self,
        tables: RowOptimizer,
        dense: keras.optimizers.Optimizer,
        name: str = "split_optimizer",
    ) -> None:
        if not isinstance(tables, RowOptimizer):
            raise ValueError(
                "`tables` must be an optimizer of `mtl_rec.optimizers` that updates "
                f"rows. Received: {tables!r}."
            )
        super().__init__(learning_rate=0.0, name=name)
        self.tables = tables
        self.dense = dense

    def row_optimizer(self) -> RowOptimizer:
        """The optimizer of the tables."""
        return self.tables

    def build(self, variables):
        """Called by Keras."""
        if self.built:
            return
        super().build(variables)
        self.tables.build([v for v in variables if _is_table(v)])
        self.dense.build([v for v in variables if not _is_table(v)])

    @property
    def variables(self):
        """Its own and those of both optimizers."""
        own = super().variables
        return [*own, *self.tables.variables, *self.dense.variables]

    def save_own_variables(self, store):
        """Called by Keras, which finds and saves both optimizers by itself."""
        for index, variable in enumerate(super().variables):
            store[str(index)] = keras.ops.convert_to_numpy(variable)

    def load_own_variables(self, store):
        """Called by Keras."""
        for index, variable in enumerate(super().variables):
            variable.assign(store[str(index)])

    @property
    def learning_rate(self):
        """Of the dense weights."""
        return self.dense.learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate):
        factor = learning_rate / self.dense.learning_rate
        self.tables.learning_rate = self.tables.learning_rate * factor
        self.dense.learning_rate = learning_rate

    def clip(
        self, dense: Sequence[Any], rows: Sequence[Any]
    ) -> tuple[list[Any], list[Any]]:
        """Gradients of rows as `tables` asks; `dense` clips its own by itself."""
        return list(dense), self.tables.clip([], rows)[1]

    def apply(self, grads, trainable_variables=None):
        """Called by Keras, and by the train step with dense weights alone."""
        variables = trainable_variables or self._trainable_variables
        pairs = list(zip(grads, variables, strict=True))
        for optimizer, is_for_tables in (
            (self.tables, True),
            (self.dense, False),
        ):
            own = [pair for pair in pairs if _is_table(pair[1]) == is_for_tables]
            if own:
                optimizer.apply(*map(list, zip(*own, strict=True)))
            else:
                optimizer.iterations.assign_add(1)
        self.iterations.assign_add(1)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return {
            "tables": serialize(self.tables),
            "dense": serialize(self.dense),
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Called by Keras."""
        restored = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects)
            for name in ("tables", "dense")
        }
        return cls(**restored, name=config["name"])


def _is_table(variable: Any) -> bool:
    return getattr(variable, "is_table", False)
