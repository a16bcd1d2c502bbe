"""The train step on JAX: rows are read and written with donated buffers."""

from typing import Any

import jax
import jax.numpy as jnp
import keras

from mtl_rec.training.steps.whole_tables import held_rows, updated_table


def train_step(model: Any, state: Any, data: Any) -> tuple[dict[str, Any], Any]:
    """One call of `TrainableModel`, as Keras' JAX trainer makes it."""
    batch = keras.utils.unpack_x_y_sample_weight(data)
    if model.holds_several_batches(batch[0]):
        state = _train_several(model, state, batch)
    else:
        state, _ = _train_one(model, state, batch)
    with _Values(model, state).scope():
        return model.get_metrics_result(), state


def _train_several(model: Any, state: Any, batches: Any) -> Any:
    """A loop that ends at a loss that is not a number, which others would spread."""
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
        ids = model.table_ids(x)
        rate = jnp.asarray(optimizer.row_optimizer().learning_rate, "float32")
        step = jnp.asarray(optimizer.row_optimizer().iterations.value + 1, "float32")
    touched = [
        _Touched(layer, ids[layer], values[layer.table]) for layer in model.row_tables
    ]
    swept = [_Swept(layer, ids[layer]) for layer in model.whole_tables]
    dense = model.dense_variables
    sources = [*dense, *(part.layer.table for part in swept)]

    def loss_of(weights, embeddings):
        given = dict(zip(model.row_tables, embeddings, strict=True))
        with values.scope(list(zip(sources, weights, strict=True))) as scope:
            y_pred = model.predicted(x, given)
            loss = model.compute_loss(x, y, y_pred, sample_weight, training=True)
        return loss, (y_pred, values.changed(scope))

    weights = [values[variable] for variable in sources]
    embeddings = [part.embeddings() for part in touched]
    gradient_of = jax.value_and_grad(loss_of, argnums=(0, 1), has_aux=True)
    (loss, (y_pred, changed)), (gradients, by_place) = gradient_of(weights, embeddings)
    values.replace(changed)
    trained = [
        (part, part.summed(gradient))
        for part, gradient in zip(touched, by_place, strict=True)
        if part.layer.trainable
    ] + list(zip(swept, gradients[len(dense) :], strict=True))
    gradients, summed = optimizer.clip(
        gradients[: len(dense)], [total for _, total in trained]
    )

    with values.scope() as scope:
        optimizer.apply(gradients, dense)
        model.track_loss(loss, keras.tree.flatten(y_pred)[0].shape[0])
        model.compute_metrics(x, y, y_pred, sample_weight)
    values.replace(values.changed(scope))

    for (part, _), total in zip(trained, summed, strict=True):
        part.update(optimizer.row_optimizer(), values, total, rate, step)
    return values.state(), loss


class _Touched:
    """The distinct rows of one large table that a batch holds, in a fixed size."""

    def __init__(self, layer: Any, ids: Any, table: Any) -> None:
        self.layer = layer
        self._unique, self._place = _distinct(layer.rows(ids), layer.num_rows)
        self._read = _read(table, self._unique)

    def embeddings(self):
        """The row of every id, `(number of ids, embedding_dim)`."""
        return self._read[self._place]

    def summed(self, gradient):
        """The gradient of each distinct row; zero in places that are not used."""
        return jnp.zeros_like(self._read).at[self._place].add(gradient)

    def update(self, optimizer, values, gradient, learning_rate, step) -> None:
        """Lets the optimizer change these rows and what it remembers of them."""
        slots = optimizer.row_slots(self.layer.table)
        read = [_read(values[slot], self._unique) for slot in slots]
        rows, read = optimizer.updated_rows(
            self._read, read, gradient, learning_rate, step
        )
        for variable, new in zip(
            (self.layer.table, *slots), (rows, *read), strict=True
        ):
            values[variable] = _write(values[variable], self._unique, new)


class _Swept:
    """A small table, of which the rows in the batch change in one sweep over all."""

    def __init__(self, layer: Any, ids: Any) -> None:
        self.layer = layer
        self._is_held = held_rows(layer.rows(ids), layer.num_rows)

    def update(self, optimizer, values, gradient, learning_rate, step) -> None:
        """Lets the optimizer change the rows that the batch holds."""
        variables = [self.layer.table, *optimizer.row_slots(self.layer.table)]
        old = [values[variable] for variable in variables]
        updated = updated_table(
            optimizer, old, gradient, self._is_held, learning_rate, step
        )
        for variable, new in zip(variables, updated, strict=True):
            values[variable] = new


class _Values:
    """Current values of all variables, addressed by variable."""

    def __init__(self, model, state) -> None:
        groups = (
            model.trainable_variables,
            model.non_trainable_variables,
            model.optimizer.variables,
            model.metrics_variables,
        )
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


def _distinct(flat, num_rows):
    """Distinct rows in a fixed size, and where each id's row is among them.

    Unused places hold row numbers past the table, each once, which reads fill with
    zeros and writes drop. Sorting and searching beats `jnp.unique` with its inverse.
    """
    ordered = jnp.sort(flat)
    is_new = jnp.concatenate([jnp.ones(1, bool), ordered[1:] != ordered[:-1]])
    place = jnp.cumsum(is_new) - 1
    unique = num_rows + jnp.arange(flat.size, dtype=flat.dtype)
    unique = unique.at[place].set(ordered)
    return unique, place[jnp.searchsorted(ordered, flat)]


def _read(table, unique):
    return table.at[unique].get(mode="fill", fill_value=0.0)


def _write(table, unique, rows):
    return table.at[unique].set(
        rows, mode="drop", unique_indices=True, indices_are_sorted=True
    )
