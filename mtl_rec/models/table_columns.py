"""What one table is asked for, and in which order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import keras
from keras import ops

from mtl_rec.config.feature_section import SIDES, Side
from mtl_rec.models.fields import flattened, joined
from mtl_rec.models.placed_fields import InteractingSide, interacting_side
from mtl_rec.schema.fields import IdField, IdListField
from mtl_rec.schema.schema import Schema

FIELD_GROUPS: dict[bool, tuple[Side, ...]] = {
    True: ("user",),
    False: tuple(side for side in SIDES if side != "user"),
}
"""Sides by whether their fields are the same for all exposures of a request."""


@dataclass(frozen=True)
class TableColumns:
    """What one table is asked for by the fields of some sides.

    Attributes:
        ids: Tensors of ids, `(batch, columns)`; all single ids first, joined.
        first_rows: For every column of `ids`, the row of its id 0.
        singles: The fields of the single ids.
        num_ids: For every single id, the size of its vocabulary.
        num_of_context: Single ids of the context, which come last.
        lists: The fields of the other columns.
    """

    ids: list[keras.KerasTensor]
    first_rows: list[int]
    singles: list[IdField]
    num_ids: list[int]
    num_of_context: int
    lists: list[IdListField]

    @property
    def num_single(self) -> int:
        """Columns of single ids."""
        return len(self.num_ids)

    def places(self) -> Iterator[tuple[IdField | IdListField, slice]]:
        """Every field with its columns."""
        for column, field in enumerate(self.singles):
            yield field, slice(column, column + 1)
        start = self.num_single
        for field in self.lists:
            yield field, slice(start, start + field.length)
            start += field.length

    def by_side(
        self,
        sides: Sequence[Side],
        singles: keras.KerasTensor,
        lists: Sequence[tuple[IdListField, keras.KerasTensor]],
    ) -> dict[InteractingSide, list[keras.KerasTensor]]:
        """The vectors of each side's fields, side by side.

        Args:
            sides: Those of the columns, the context last.
            singles: `(batch, num_single, embedding_dim)`.
            lists: Encoded ones with their fields.
        """
        first = self.num_single - self.num_of_context
        places = {side: slice(0, first) for side in sides}
        places["context"] = slice(first, self.num_single)
        vectors: dict[InteractingSide, list[keras.KerasTensor]] = {}
        for side in sides:
            place = places[side]
            has_singles = place.start < place.stop
            vectors[side] = [flattened(singles[:, place])] if has_singles else []
        for field, vector in lists:
            vectors.setdefault(interacting_side(field), []).append(vector)
        return vectors


def columns_of(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    sides: Sequence[Side],
    rows: Mapping[str, tuple[int, int]],
    takes_lists: bool = True,
) -> TableColumns:
    """The columns of some sides whose vocabularies a table has.

    Args:
        inputs: From `packed_inputs`.
        schema: Has the fields.
        sides: Whose fields.
        rows: From `rows_by_vocabulary`.
        takes_lists: Whether lists ask too, or single ids alone.
    """
    ids, single, singles, num_of_context = [], [], [], 0
    for side in sides:
        fields = schema.fields_of(IdField, side)
        columns = [i for i, field in enumerate(fields) if field.vocabulary in rows]
        if columns:
            ids.append(_taken(inputs[f"{side}_ids"], columns))
        singles += [fields[column] for column in columns]
        single += [rows[fields[column].vocabulary] for column in columns]
        num_of_context += len(columns) if side == "context" else 0
    lists = [
        field
        for side in sides
        for field in schema.fields_of(IdListField, side)
        if takes_lists and field.vocabulary in rows
    ]
    first_rows = [first for first, _ in single]
    for field in lists:
        first_rows += [rows[field.vocabulary][0]] * field.length
    return TableColumns(
        ([joined(ids)] if ids else []) + [inputs[field.name] for field in lists],
        first_rows,
        singles,
        [num_ids for _, num_ids in single],
        num_of_context,
        lists,
    )


def _taken(packed, columns: Sequence[int]) -> keras.KerasTensor:
    if list(columns) == list(range(packed.shape[1])):
        return packed
    return ops.take(packed, list(columns), axis=1)
