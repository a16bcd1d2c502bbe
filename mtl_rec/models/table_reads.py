"""A table, and what the fields of an exposure read from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import keras

from mtl_rec.models.fields import joined
from mtl_rec.models.layers.fused_embedding import FusedEmbedding
from mtl_rec.models.table_columns import FIELD_GROUPS, TableColumns, columns_of
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.schema import Schema


@dataclass(frozen=True)
class TableReads:
    """What the fields of one group read from a table.

    Attributes:
        is_by_request: Whether they are the same for all exposures of a request.
        columns: What was asked for.
        read: `(batch, columns, width)`.
        table: `(rows, width)`, where it was asked for.
    """

    is_by_request: bool
    columns: TableColumns
    read: keras.KerasTensor
    table: keras.KerasTensor | None

    @property
    def singles(self) -> keras.KerasTensor:
        """Of single ids, `(batch, num_single, width)`."""
        return self.read[:, : self.columns.num_single]


def read_table(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    vocabularies: Sequence[Vocabulary],
    width: int,
    name: str,
    returns_table: bool = False,
    takes_lists: bool = True,
    is_trained: bool = True,
    is_shown: bool = True,
) -> list[TableReads]:
    """One table for some vocabularies, read by all fields that have one of them.

    Args:
        inputs: From `packed_inputs`.
        schema: Has the fields.
        vocabularies: In the order of the table's rows.
        width: Of a row.
        name: Of the layer.
        returns_table: As `FusedEmbedding` has it.
        takes_lists: As `columns_of` has it.
        is_trained: Whether its rows are learned.
        is_shown: Whether people may want to look at the rows of its vocabularies.
    """
    rows = rows_by_vocabulary(vocabularies)
    groups = {
        is_by_request: columns_of(inputs, schema, sides, rows, takes_lists)
        for is_by_request, sides in FIELD_GROUPS.items()
    }
    used = {group: columns for group, columns in groups.items() if columns.ids}
    if not used:
        return []
    layer = FusedEmbedding(
        num_rows=sum(vocabulary.num_ids for vocabulary in vocabularies),
        embedding_dim=width,
        offsets=[row for columns in used.values() for row in columns.first_rows],
        returns_table=returns_table,
        row_blocks=rows if is_shown else None,
        name=name,
        trainable=is_trained,
    )
    outputs = layer([joined(columns.ids) for columns in used.values()])
    table = outputs[-1] if returns_table else None
    return [
        TableReads(group, columns, read, table)
        for (group, columns), read in zip(used.items(), outputs, strict=False)
    ]


def rows_by_vocabulary(
    vocabularies: Sequence[Vocabulary],
) -> dict[str, tuple[int, int]]:
    """By vocabulary, its first row in the table and how many it has."""
    sizes = [vocabulary.num_ids for vocabulary in vocabularies]
    firsts = [end - size for end, size in zip(accumulate(sizes), sizes, strict=True)]
    names = [vocabulary.name for vocabulary in vocabularies]
    return dict(zip(names, zip(firsts, sizes, strict=True), strict=True))
