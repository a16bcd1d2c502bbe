"""Rows of tables on JAX: of large ones those of a batch, small ones as a whole."""

from typing import Any

import jax.numpy as jnp

from mtl_rec.training.steps.whole_tables import held_rows, updated_table


class TouchedRows:
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
        slots = optimizer.table_slots(self.layer.table)
        read = [_read(values[slot], self._unique) for slot in slots]
        rows, read = optimizer.changed_rows(
            self._read, read, gradient, learning_rate, step
        )
        for variable, new in zip(
            (self.layer.table, *slots), (rows, *read), strict=True
        ):
            values[variable] = _write(values[variable], self._unique, new)


class SweptTable:
    """A small table, of which the rows in the batch change in one sweep over all."""

    def __init__(self, layer: Any, ids: Any) -> None:
        self.layer = layer
        self._is_held = held_rows(layer.rows(ids), layer.num_rows)

    def update(self, optimizer, values, gradient, learning_rate, step) -> None:
        """Lets the optimizer change the rows that the batch holds."""
        variables = [self.layer.table, *optimizer.table_slots(self.layer.table)]
        old = [values[variable] for variable in variables]
        updated = updated_table(
            optimizer, old, gradient, self._is_held, learning_rate, step
        )
        for variable, new in zip(variables, updated, strict=True):
            values[variable] = new


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
