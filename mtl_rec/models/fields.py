"""Embedded fields, and the first linear layer on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
from keras import ops

from mtl_rec.models.initial_weights import InitialWeights, glorot_limit
from mtl_rec.models.layers.bias import Bias
from mtl_rec.models.layers.field_linear import FieldLinear
from mtl_rec.models.layers.request_rows import RequestRows


@dataclass(frozen=True)
class SmallFields:
    """Fields of small vocabularies in one table, one id a row each.

    Attributes:
        embedded: `(batch, columns, embedding_dim)`.
        ids: `(batch, columns)`.
        table: `(rows, embedding_dim)`.
        first_rows: For every column, the row of the table of its id 0.
        num_ids: For every column, the size of its vocabulary.
    """

    embedded: keras.KerasTensor
    ids: keras.KerasTensor
    table: keras.KerasTensor
    first_rows: tuple[int, ...]
    num_ids: tuple[int, ...]


@dataclass(frozen=True)
class SideFields:
    """Fields that have a row for each request, or one for each exposure.

    Attributes:
        is_by_request: The user's, which are the same for all exposures of a request.
        small: Those that `FieldLinear` takes.
        others: `(batch, width)` each: large vocabularies, encoded lists.
        numbers: `(batch, width)` each.
        interactions: `(batch, width)` each: what was made of several fields.
    """

    is_by_request: bool
    small: tuple[SmallFields, ...]
    others: tuple[keras.KerasTensor, ...]
    numbers: tuple[keras.KerasTensor, ...] = ()
    interactions: tuple[keras.KerasTensor, ...] = ()

    @property
    def dense_parts(self) -> list[keras.KerasTensor]:
        """All but those that `FieldLinear` takes."""
        return [*self.others, *self.numbers, *self.interactions]

    def parts(self) -> list[keras.KerasTensor]:
        """All fields, `(batch, width)` each."""
        small = (flattened(fields.embedded) for fields in self.small)
        return [*small, *self.dense_parts]


@dataclass(frozen=True)
class EmbeddedFields:
    """Everything that a model knows of an exposure, as vectors.

    Attributes:
        sides: The user's fields, and those of item and context.
    """

    sides: tuple[SideFields, ...]

    @property
    def width(self) -> int:
        """Numbers that an exposure has."""
        return sum(part.shape[-1] for side in self.sides for part in side.parts())

    def joined(self) -> keras.KerasTensor:
        """All fields side by side, `(batch, width)`."""
        sides = []
        for side in self.sides:
            vector = joined(side.parts())
            sides.append(RequestRows()(vector) if side.is_by_request else vector)
        return joined(sides)

    def linear(
        self, units: int, name: str, fan_out: int | None = None, use_bias: bool = True
    ) -> keras.KerasTensor:
        """A dense layer on all fields, `joined() W + b`, without joining them.

        Each group of fields is multiplied by its rows of `W` in the way that is fast
        for it, the user's once for all exposures of a request.

        Args:
            units: Width of the output.
            name: Of the layers, each with a suffix.
            fan_out: Outputs of one of the networks side by side in `W`, by which its
                weights start; all where not given.
            use_bias: Whether there is a `b`.

        Returns:
            `(batch, units)`.
        """
        limit = glorot_limit(self.width, fan_out or units)
        total: dict[bool, keras.KerasTensor] = {}
        for side in self.sides:
            prefix = f"{name}_user" if side.is_by_request else name
            own = []
            for number, fields in enumerate(side.small):
                layer = FieldLinear(
                    units,
                    fields.first_rows,
                    fields.num_ids,
                    limit,
                    name=f"{prefix}_fields_{number}",
                )
                own.append(layer(fields.embedded, fields.ids, fields.table))
            if side.dense_parts:
                dense = keras.layers.Dense(
                    units,
                    use_bias=False,
                    kernel_initializer=InitialWeights("uniform", limit),
                    name=f"{prefix}_dense",
                )
                own.append(dense(joined(side.dense_parts)))
            summed = own[0] if len(own) == 1 else keras.layers.Add()(own)
            total[side.is_by_request] = summed
        # Where there is a user, the bias is added to rows of requests, which are fewer.
        first = True in total
        if use_bias:
            total[first] = Bias(name=f"{name}_bias")(total[first])
        others = [total[False]] if False in total else []
        return RequestRows()(total[True], *others) if first else others[0]


def flattened(embedded: keras.KerasTensor) -> keras.KerasTensor:
    """`(batch, columns, embedding_dim)` to `(batch, columns * embedding_dim)`."""
    _, columns, width = embedded.shape
    return ops.reshape(embedded, (-1, columns * width))


def joined(parts: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
    """Side by side on the last axis."""
    return ops.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]
