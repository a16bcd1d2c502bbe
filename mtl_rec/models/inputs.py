"""From packed inputs to embedded fields: the same for every architecture."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import keras

from mtl_rec.config.features import SIDES, Side
from mtl_rec.models.encoders.embedded_lists import EmbeddedLists
from mtl_rec.models.fields import (
    EmbeddedFields,
    SideFields,
    SmallFields,
    flattened,
    joined,
)
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.layers.fused_embedding import FusedEmbedding
from mtl_rec.models.products import EmbeddedSides
from mtl_rec.models.table_columns import TableColumns, columns_of
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.schema import Schema

SMALL_VOCABULARY = 512
"""Ids up to which `FieldLinear` multiplies a vocabulary as a whole.

For 512 ids at batch 512 that is as many products as multiplying the batch."""

FIELD_GROUPS: dict[bool, tuple[Side, ...]] = {
    True: ("user",),
    False: tuple(side for side in SIDES if side != "user"),
}
"""Sides by whether their fields are the same for all exposures of a request."""


def packed_inputs(schema: Schema) -> dict[str, keras.KerasTensor]:
    """One `keras.Input` for each packed tensor of the schema."""
    return {
        name: keras.Input((packed.width,), dtype=packed.dtype, name=name)
        for name, packed in schema.inputs().items()
    }


def embedding_tables(
    schema: Schema, embedding_dim: int
) -> dict[tuple[int, bool], list[Vocabulary]]:
    """Vocabularies whose embeddings are one weight, by width and whether small."""
    tables: dict[tuple[int, bool], list[Vocabulary]] = defaultdict(list)
    for vocabulary in schema.vocabularies.values():
        width = vocabulary.embedding_dim or embedding_dim
        tables[width, vocabulary.num_ids <= SMALL_VOCABULARY].append(vocabulary)
    return tables


def table_name(width: int, is_small: bool, network: str = "") -> str:
    """The layer that holds the embeddings of one width.

    Args:
        width: Of the embeddings.
        is_small: Whether they are those of small vocabularies.
        network: As `embed_fields` has it.
    """
    small = "small_" if is_small else ""
    return layer_name(f"{small}embedding_{width}", network)


def rows_by_vocabulary(
    vocabularies: Sequence[Vocabulary],
) -> dict[str, tuple[int, int]]:
    """By vocabulary, its first row in the table and how many it has."""
    sizes = [vocabulary.num_ids for vocabulary in vocabularies]
    firsts = [end - size for end, size in zip(accumulate(sizes), sizes, strict=True)]
    names = [vocabulary.name for vocabulary in vocabularies]
    return dict(zip(names, zip(firsts, sizes, strict=True), strict=True))


@dataclass(frozen=True)
class _ReadColumns:
    """What one table gave the fields of some sides.

    Attributes:
        width: Of the embeddings.
        is_user: Whether the sides are the user's.
        columns: The fields.
        embedded: `(batch, columns, width)`.
        table: All of it where it is small.
    """

    width: int
    is_user: bool
    columns: TableColumns
    embedded: keras.KerasTensor
    table: keras.KerasTensor | None


def embed_fields(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    embedding_dim: int,
    network: str = "",
) -> EmbeddedFields:
    """Embeds ids, encodes lists, and multiplies the user's fields with the item's.

    Fields of one width share a table, and those of small vocabularies another.

    Args:
        inputs: From `packed_inputs`.
        schema: What the columns mean.
        embedding_dim: Width of embeddings whose feature does not state its own.
        network: Tells the tables of a model apart that has several for one vocabulary.
    """
    small: dict[bool, list[SmallFields]] = {True: [], False: []}
    others: dict[bool, list[keras.KerasTensor]] = {True: [], False: []}
    read = list(_read_tables(inputs, schema, embedding_dim, network))
    lists = EmbeddedLists(inputs, schema, network)
    for part in read:
        lists.add(part.columns, part.embedded)
    sides = EmbeddedSides()
    for part in read:
        width, is_user, own = part.width, part.is_user, part.columns
        singles = part.embedded[:, : own.num_single]
        if own.num_single and part.table is not None:
            fields = SmallFields(
                singles,
                own.ids[0],
                part.table,
                tuple(own.first_rows[: own.num_single]),
                tuple(own.num_ids),
            )
            small[is_user].append(fields)
        elif own.num_single:
            others[is_user].append(flattened(singles))
        encoded = [
            (field, lists.encoded(field)) for field in own.lists if field.encoder
        ]
        by_exposure = [v for f, v in encoded if is_user and f.sees_candidate]
        encoded = [(f, v) for f, v in encoded if not (is_user and f.sees_candidate)]
        others[is_user] += [vector for _, vector in encoded]
        others[False] += by_exposure
        sides.add(width, is_user, own.without_context(singles, encoded), by_exposure)
    for is_user, names in FIELD_GROUPS.items():
        numbers = [f"{name}_numbers" for name in names]
        others[is_user] += [inputs[name] for name in numbers if name in inputs]
    others[False] += sides.products(network)
    return EmbeddedFields(
        tuple(
            SideFields(is_user, tuple(small[is_user]), tuple(others[is_user]))
            for is_user in FIELD_GROUPS
            if small[is_user] or others[is_user]
        )
    )


def _read_tables(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    embedding_dim: int,
    network: str,
) -> Iterator[_ReadColumns]:
    """What every table gives, the user's fields first."""
    tables = embedding_tables(schema, embedding_dim)
    for (width, is_small), vocabularies in tables.items():
        rows = rows_by_vocabulary(vocabularies)
        columns = {
            is_user: columns_of(inputs, schema, names, rows)
            for is_user, names in FIELD_GROUPS.items()
        }
        used = {is_user: own for is_user, own in columns.items() if own.ids}
        if not used:
            continue
        table = FusedEmbedding(
            num_rows=sum(vocabulary.num_ids for vocabulary in vocabularies),
            embedding_dim=width,
            offsets=[row for own in used.values() for row in own.first_rows],
            returns_table=is_small,
            row_blocks=rows,
            name=table_name(width, is_small, network),
        )
        outputs = table([joined(own.ids) for own in used.values()])
        whole = outputs[-1] if is_small else None
        for (is_user, own), embedded in zip(used.items(), outputs, strict=False):
            yield _ReadColumns(width, is_user, own, embedded, whole)
