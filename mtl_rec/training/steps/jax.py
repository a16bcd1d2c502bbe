"""The train step on JAX: rows are read and written with donated buffers."""

from typing import Any

import jax
import jax.numpy as jnp
import keras

from mtl_rec.models.layers.fused_embedding import embeddings_given


def train_step(model: Any, state: Any, data: Any) -> tuple[dict[str, Any], Any]:
    """One step of `TrainableModel`, as Keras' JAX trainer calls it."""
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    optimizer, tables = model.optimizer, model.tables
    groups = (
        model.trainable_variables,
        model.non_trainable_variables,
        optimizer.variables,
        model.metrics_variables,
    )
    values = _Values(groups, state)
    with values.scope():
        ids = model.table_ids(x)
        learning_rate = jnp.asarray(optimizer.learning_rate, "float32")
        step = jnp.asarray(optimizer.iterations.value + 1, "float32")
    touched = [_distinct(layer.rows(i), layer.num_rows) for layer, i in ids.items()]
    rows = [
        _read(values[layer.table], unique)
        for layer, (unique, _) in zip(tables, touched, strict=True)
    ]
    dense = model.dense_variables

    def loss_of(weights, rows):
        given = {
            layer: read[inverse]
            for layer, read, (_, inverse) in zip(tables, rows, touched, strict=True)
        }
        replaced = list(zip(dense, weights, strict=True))
        with values.scope(replaced) as scope, embeddings_given(given):
            y_pred = model(x, training=True)
            loss = model.compute_loss(x, y, y_pred, sample_weight, training=True)
        return loss, (y_pred, values.changed(scope))

    weights = [values[variable] for variable in dense]
    gradient_of = jax.value_and_grad(loss_of, argnums=(0, 1), has_aux=True)
    (loss, (y_pred, changed)), gradients = gradient_of(weights, rows)
    values.replace(changed)

    with values.scope() as scope:
        optimizer.apply(gradients[0], dense)
        model.track_loss(loss, keras.tree.flatten(y_pred)[0].shape[0])
        logs = model.compute_metrics(x, y, y_pred, sample_weight)
    values.replace(values.changed(scope))

    for layer, read, (unique, _), gradient in zip(
        tables, rows, touched, gradients[1], strict=True
    ):
        if not layer.trainable:
            continue
        moments = optimizer.moments(layer.table)
        read_moments = [_read(values[moment], unique) for moment in moments]
        updated = optimizer.updated_rows(
            read, *read_moments, gradient, learning_rate, step
        )
        for variable, new in zip((layer.table, *moments), updated, strict=True):
            values[variable] = _write(values[variable], unique, new)
    return logs, values.state()


class _Values:
    """Current values of all variables, addressed by variable."""

    def __init__(self, groups, state) -> None:
        self._groups = groups
        self._variables = {id(v): v for group in groups for v in group}
        self._values = {
            id(variable): value
            for group, part in zip(groups, state, strict=True)
            for variable, value in zip(group, part, strict=True)
        }

    def __getitem__(self, variable):
        return self._values[id(variable)]

    def __setitem__(self, variable, value):
        self._values[id(variable)] = value

    def scope(self, replaced=()):
        """A scope in which the variables have these values, some replaced."""
        mapping = {id(v): (v, self._values[k]) for k, v in self._variables.items()}
        mapping.update({id(v): (v, value) for v, value in replaced})
        return keras.StatelessScope(state_mapping=list(mapping.values()))

    def changed(self, scope):
        """What was assigned inside a scope, by id of the variable."""
        current = {k: scope.get_current_value(v) for k, v in self._variables.items()}
        return {k: v for k, v in current.items() if v is not self._values[k]}

    def replace(self, changed):
        self._values.update(changed)

    def state(self):
        """The values as Keras' trainer carries them from step to step."""
        return tuple([self[v] for v in group] for group in self._groups)


def _distinct(rows, num_rows):
    """Distinct rows in a fixed size, and where each id's row is among them.

    Unused places hold row numbers past the table, each once, which reads fill with
    zeros and writes drop. Sorting and searching beats `jnp.unique` with its inverse.
    """
    flat = rows.reshape(-1)
    ordered = jnp.sort(flat)
    is_new = jnp.concatenate([jnp.ones(1, bool), ordered[1:] != ordered[:-1]])
    place = jnp.cumsum(is_new) - 1
    unique = num_rows + jnp.arange(flat.size, dtype=flat.dtype)
    unique = unique.at[place].set(ordered)
    inverse = place[jnp.searchsorted(ordered, flat)]
    return unique, inverse.reshape(rows.shape)


def _read(table, unique):
    return table.at[unique].get(mode="fill", fill_value=0.0)


def _write(table, unique, rows):
    return table.at[unique].set(
        rows, mode="drop", unique_indices=True, indices_are_sorted=True
    )
