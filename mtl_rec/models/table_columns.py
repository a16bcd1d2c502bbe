"""What one table is asked for, and in which order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import keras
from keras import ops

from mtl_rec.config.features import Side
from mtl_rec.models.fields import flattened, joined
from mtl_rec.schema.fields import IdField, IdListField
from mtl_rec.schema.schema import Schema


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

    def without_context(
        self,
        singles: keras.KerasTensor,
        lists: Sequence[tuple[IdListField, keras.KerasTensor]],
    ) -> list[keras.KerasTensor]:
        """The vectors of the user's or the item's fields.

        Args:
            singles: `(batch, num_single, embedding_dim)`.
            lists: Encoded ones with their fields.
        """
        own = [encoded for field, encoded in lists if field.side != "context"]
        count = self.num_single - self.num_of_context
        return [flattened(singles[:, :count]), *own] if count else own


def columns_of(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    sides: Sequence[Side],
    rows: Mapping[str, tuple[int, int]],
) -> TableColumns:
    """The columns of some sides whose vocabularies a table has.

    Args:
        inputs: From `packed_inputs`.
        schema: Has the fields.
        sides: Whose fields.
        rows: From `rows_by_vocabulary`.
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
        if field.vocabulary in rows
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
