"""The train step on JAX: rows are read and written with donated buffers."""

from typing import Any

import jax
import jax.numpy as jnp
import keras

from mtl_rec.training.regularizers.adversarial import (
    no_perturbations,
    worst_perturbations,
)
from mtl_rec.training.steps.jax_rows import SweptTable, TouchedRows


def train_step(model: Any, state: Any, data: Any) -> tuple[dict[str, Any], Any]:
    """One call of `TrainableModel`, as Keras' JAX trainer makes it."""
    batch = keras.utils.unpack_x_y_sample_weight(data)
    if model.holds_several_batches(batch[0]):
        state = _train_several(model, state, batch)
    else:
        state, _ = _train_one(model, state, batch)
    with _Values(model, state).scope():
        return model.get_metrics_result(), state


def gradients(model: Any, data: Any) -> list[tuple[keras.Variable, Any]]:
    """What a step would follow on one batch, before clipping; nothing changes.

    Returns:
        Every variable that trains with its gradient; of a large table, that of the
        rows that the batch holds.
    """
    if model.dense_part is None:

        @jax.jit
        def dense_part(state, data):
            batch = keras.utils.unpack_x_y_sample_weight(data)
            _, dense, trained = _differentiated(model, _Values(model, state), batch)
            return [*dense, *(total for _, total in trained)]

        model.dense_part = dense_part
    own = model.dense_part(_Values.of(model).state(), data)
    layers = model.row_tables + model.whole_tables
    variables = [*model.dense_variables, *(layer.table for layer in layers)]
    return list(zip(variables, own, strict=True))


def _train_several(model: Any, state: Any, batches: Any) -> Any:
    """A loop that ends at a loss that is not a number, which others would spread."""
    # A traced number is no index into what may be arrays of NumPy.
    batches = jax.tree.map(jnp.asarray, batches)
    num_batches = len(jax.tree.leaves(batches)[0])

    def train_next(carry):
        number, _, state = carry
        batch = jax.tree.map(lambda part: part[number], batches)
        state, loss = _train_one(model, state, batch)
        return number + 1, jnp.isfinite(loss), state

    carry = (jnp.asarray(0), jnp.asarray(True), state)
    return jax.lax.while_loop(
        lambda carry: (carry[0] < num_batches) & carry[1], train_next, carry
    )[2]


def _train_one(model: Any, state: Any, batch: Any) -> tuple[Any, Any]:
    """The state after a batch, and its loss."""
    x, y, sample_weight = batch
    optimizer = model.optimizer
    values = _Values(model, state)
    with values.scope():
        rate = jnp.asarray(optimizer.row_optimizer().learning_rate, "float32")
        step = jnp.asarray(optimizer.row_optimizer().iterations.value + 1, "float32")
    (loss, y_pred), dense, trained = _differentiated(model, values, batch)
    gradients, summed = optimizer.clip(dense, [total for _, total in trained])

    with values.scope() as scope:
        optimizer.apply(gradients, model.dense_variables)
        model.track_loss(loss, keras.tree.flatten(y_pred)[0].shape[0])
        model.compute_metrics(x, y, y_pred, sample_weight)
    values.replace(values.changed(scope))

    for (part, _), total in zip(trained, summed, strict=True):
        part.update(optimizer.row_optimizer(), values, total, rate, step)
    return values.state(), loss


def _differentiated(model: Any, values: "_Values", batch: Any) -> Any:
    """Loss and predictions, gradients of dense weights, and tables with theirs.

    The values become those after the forward pass.
    """
    x, y, sample_weight = batch
    with values.scope():
        x, y = model.learned_from(x, y)
        ids = model.table_ids(x)
    touched = [
        TouchedRows(layer, ids[layer], values[layer.table])
        for layer in model.row_tables
    ]
    swept = [SweptTable(layer, ids[layer]) for layer in model.whole_tables]
    dense = model.dense_variables
    sources = [*dense, *(part.layer.table for part in swept)]

    def forward(weights, embeddings, perturbations=None):
        given = dict(zip(model.row_tables, embeddings, strict=True))
        with values.scope(list(zip(sources, weights, strict=True))) as scope:
            y_pred = model.predicted(x, given, perturbations)
            loss = model.compute_loss(x, y, y_pred, sample_weight, training=True)
        return loss, (y_pred, values.changed(scope))

    weights = [values[variable] for variable in sources]
    embeddings = [part.embeddings() for part in touched]
    norm, worst = model.regularizers.adversarial_norm, None
    if norm is not None:
        worst = _worst_perturbations(
            lambda own: forward(weights, embeddings, own)[0], ids, norm
        )

    def loss_of(weights, embeddings):
        loss, rest = forward(weights, embeddings)
        if worst is not None:
            loss = (loss + forward(weights, embeddings, worst)[0]) / 2
        return loss, rest

    gradient_of = jax.value_and_grad(loss_of, argnums=(0, 1), has_aux=True)
    (loss, (y_pred, changed)), (gradients, by_place) = gradient_of(weights, embeddings)
    values.replace(changed)
    trained = [
        (part, part.summed(gradient))
        for part, gradient in zip(touched, by_place, strict=True)
    ] + list(zip(swept, gradients[len(dense) :], strict=True))
    return (loss, y_pred), gradients[: len(dense)], trained


def _worst_perturbations(loss_of: Any, ids: Any, norm: float) -> Any:
    """Of all embeddings of a batch, as `loss_of` takes them."""
    # Layers are no keys that JAX could put in order.
    zeros = no_perturbations(ids)
    layers = list(zeros)
    own = jax.grad(lambda parts: loss_of(dict(zip(layers, parts, strict=True))))(
        list(zeros.values())
    )
    gradients = dict(zip(layers, own, strict=True))
    return worst_perturbations(gradients, norm)


class _Values:
    """Current values of all variables, addressed by variable."""

    def __init__(self, model, state) -> None:
        groups = self._groups = self.groups(model)
        self._variables = {id(v): v for group in groups for v in group}
        self._values = {
            id(variable): value
            for group, part in zip(groups, state, strict=True)
            for variable, value in zip(group, part, strict=True)
        }

    @classmethod
    def of(cls, model) -> "_Values":
        """The values that the variables hold."""
        groups = cls.groups(model)
        return cls(model, tuple([v.value for v in group] for group in groups))

    @staticmethod
    def groups(model):
        """The variables in the order of the state of Keras' trainer."""
        return (
            model.trainable_variables,
            model.non_trainable_variables,
            model.optimizer.variables,
            model.metrics_variables,
        )

    def __getitem__(self, variable):
        return self._values[id(variable)]

    def __setitem__(self, variable, value):
        self._values[id(variable)] = value

    def scope(self, replaced=()):
        """A scope in which the variables have these values, some replaced."""
        mapping = {id(v): (v, self._values[k]) for k, v in self._variables.items()}
        mapping.update({id(v): (v, value) for v, value in replaced})
        return keras.StatelessScope(
            state_mapping=list(mapping.values()), collect_losses=True
        )

    def changed(self, scope):
        """What was assigned inside a scope, by id of the variable."""
        current = {k: scope.get_current_value(v) for k, v in self._variables.items()}
        return {k: v for k, v in current.items() if v is not self._values[k]}

    def replace(self, changed):
        self._values.update(changed)

    def state(self):
        """The values as Keras' trainer carries them from step to step."""
        return tuple([self[v] for v in group] for group in self._groups)
