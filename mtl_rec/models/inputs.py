"""From packed inputs to embedded fields: the same for every architecture."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import keras

from mtl_rec.config.features import SIDES, Side
from mtl_rec.models.fields import (
    EmbeddedFields,
    SideFields,
    SmallFields,
    flattened,
    joined,
)
from mtl_rec.models.given_vectors import projected
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.layers.fused_embedding import FusedEmbedding
from mtl_rec.models.layers.masked_mean import MaskedMean
from mtl_rec.models.products import EmbeddedSides
from mtl_rec.models.table_columns import TableColumns, columns_of
from mtl_rec.schema.fields import IdListField, Vocabulary
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


class TableKey(NamedTuple):
    """What tells the tables of a network apart.

    Attributes:
        width: Of the embeddings.
        is_small: Whether they are those of small vocabularies.
        vectors_of: The vocabulary whose vectors are given; "" where rows are trained.
    """

    width: int
    is_small: bool
    vectors_of: str = ""


def embedding_tables(
    schema: Schema, embedding_dim: int
) -> dict[TableKey, list[Vocabulary]]:
    """Vocabularies whose embeddings are one weight, by what they have in common."""
    tables: dict[TableKey, list[Vocabulary]] = defaultdict(list)
    for vocabulary in schema.vocabularies.values():
        width = vocabulary.embedding_dim or embedding_dim
        if vocabulary.vector_dim is not None:
            tables[TableKey(width, False, vocabulary.name)] = [vocabulary]
        else:
            is_small = vocabulary.num_ids <= SMALL_VOCABULARY
            tables[TableKey(width, is_small)].append(vocabulary)
    return tables


def table_name(key: TableKey, network: str = "") -> str:
    """The layer that holds a table.

    Args:
        key: Which one.
        network: As `embed_fields` has it; given vectors are the same for all.
    """
    if key.vectors_of:
        return f"{key.vectors_of}_vectors"
    small = "small_" if key.is_small else ""
    return layer_name(f"{small}embedding_{key.width}", network)


def rows_by_vocabulary(
    vocabularies: Sequence[Vocabulary],
) -> dict[str, tuple[int, int]]:
    """By vocabulary, its first row in the table and how many it has."""
    sizes = [vocabulary.num_ids for vocabulary in vocabularies]
    firsts = [end - size for end, size in zip(accumulate(sizes), sizes, strict=True)]
    names = [vocabulary.name for vocabulary in vocabularies]
    return dict(zip(names, zip(firsts, sizes, strict=True), strict=True))


def embed_fields(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    embedding_dim: int,
    network: str = "",
    vectors_read: dict[str, list[keras.KerasTensor]] | None = None,
) -> EmbeddedFields:
    """Embeds ids, encodes lists, and multiplies the user's fields with the item's.

    Fields of one width share a table, and those of small vocabularies another.

    Args:
        inputs: From `packed_inputs`.
        schema: What the columns mean.
        embedding_dim: Width of embeddings whose feature does not state its own.
        network: Tells the tables of a model apart that has several for one vocabulary.
        vectors_read: Given vectors by vocabulary, as a network before has read them;
            gets those that this one reads.
    """
    small: dict[bool, list[SmallFields]] = {True: [], False: []}
    others: dict[bool, list[keras.KerasTensor]] = {True: [], False: []}
    sides = EmbeddedSides()
    given = {} if vectors_read is None else vectors_read
    tables = embedding_tables(schema, embedding_dim)
    for key, vocabularies in tables.items():
        width, is_small, _ = key
        rows = rows_by_vocabulary(vocabularies)
        columns = {
            is_user: columns_of(inputs, schema, names, rows)
            for is_user, names in FIELD_GROUPS.items()
        }
        used = {is_user: own for is_user, own in columns.items() if own.ids}
        if not used:
            continue
        outputs = given.get(key.vectors_of)
        if outputs is None:
            table = FusedEmbedding(
                num_rows=sum(vocabulary.num_ids for vocabulary in vocabularies),
                embedding_dim=vocabularies[0].vector_dim or width,
                offsets=[row for own in used.values() for row in own.first_rows],
                returns_table=is_small,
                row_blocks=rows,
                name=table_name(key, network),
                trainable=not key.vectors_of,
            )
            outputs = table([joined(own.ids) for own in used.values()])
        if key.vectors_of:
            given[key.vectors_of] = outputs
            outputs = projected(outputs, key.vectors_of, width, network)
        for (is_user, own), embedded in zip(used.items(), outputs, strict=False):
            singles = embedded[:, : own.num_single]
            if own.num_single and is_small:
                fields = SmallFields(
                    singles,
                    own.ids[0],
                    outputs[-1],
                    tuple(own.first_rows[: own.num_single]),
                    tuple(own.num_ids),
                )
                small[is_user].append(fields)
            elif own.num_single:
                others[is_user].append(flattened(singles))
            lists = _encoded_lists(inputs, own, embedded, network)
            others[is_user] += lists
            sides.add(width, is_user, own.without_context(singles, lists))
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


def _encoded_lists(
    inputs, columns: TableColumns, embedded, network: str
) -> list[keras.KerasTensor]:
    encoded, start = [], columns.num_single
    for field in columns.lists:
        own = embedded[:, start : start + field.length]
        encoded.append(_encode_list(field, own, inputs[field.name], network))
        start += field.length
    return encoded


def _encode_list(field: IdListField, embedded, ids, network: str) -> keras.KerasTensor:
    match field.encoder.kind:
        case "mean" | "bag":
            name = layer_name(f"{field.name}_mean", network)
            return MaskedMean(name=name)(embedded, ids)
