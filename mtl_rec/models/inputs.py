"""From packed inputs to embedded fields: the same for every architecture."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import keras

from mtl_rec.config.interactions import SIDE_PRODUCTS, Interactions
from mtl_rec.models.encoders.embedded_lists import EmbeddedLists
from mtl_rec.models.fields import (
    EmbeddedFields,
    SideFields,
    SmallFields,
    flattened,
)
from mtl_rec.models.given_vectors import projected, projected_rows, projects_whole
from mtl_rec.models.interactions import interacting
from mtl_rec.models.interactions.embedded import EmbeddedSides
from mtl_rec.models.language_models import encoded_texts
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.placed_fields import interacting_side, is_compared
from mtl_rec.models.table_columns import FIELD_GROUPS
from mtl_rec.models.table_reads import TableReads, read_table
from mtl_rec.models.text_fallbacks import with_fallback
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.schema import Schema

SMALL_VOCABULARY = 512
"""Ids up to which `FieldLinear` multiplies a vocabulary as a whole.

For 512 ids at batch 512 that is as many products as multiplying the batch."""


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
    """Vocabularies whose embeddings are one weight, by what they have in common.

    A language model brings its own.
    """
    tables: dict[TableKey, list[Vocabulary]] = defaultdict(list)
    for vocabulary in schema.vocabularies.values():
        width = vocabulary.embedding_dim or embedding_dim
        if vocabulary.language_model is not None:
            continue
        if vocabulary.vector_dim is not None:
            tables[TableKey(width, False, vocabulary.name)] = [vocabulary]
        else:
            tables[TableKey(width, is_small(vocabulary))].append(vocabulary)
    return tables


def is_small(vocabulary: Vocabulary) -> bool:
    """Whether its ids stand in a table that is swept whole."""
    return vocabulary.num_ids <= SMALL_VOCABULARY


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


def embed_fields(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    embedding_dim: int,
    network: str = "",
    interactions: Interactions = SIDE_PRODUCTS,
    vectors_read: dict[str, Sequence[TableReads]] | None = None,
    texts_read: dict[str, keras.KerasTensor] | None = None,
) -> EmbeddedFields:
    """Embeds ids, encodes lists, and makes what the fields are together.

    Fields of one width share a table, and those of small vocabularies another.

    Args:
        inputs: From `packed_inputs`.
        schema: What the columns mean.
        embedding_dim: Width of embeddings whose feature does not state its own.
        network: Tells the tables of a model apart that has several for one vocabulary.
        interactions: What becomes of the fields.
        vectors_read: What was read of given vectors, by vocabulary, by a network
            before; gets what this one reads.
        texts_read: Likewise the vectors of texts by frozen language models, by field.
    """
    small: dict[bool, list[SmallFields]] = {True: [], False: []}
    others: dict[bool, list[keras.KerasTensor]] = {True: [], False: []}
    given = {} if vectors_read is None else vectors_read
    read = [
        (key.width, reads)
        for key, own in embedding_tables(schema, embedding_dim).items()
        for reads in _read(inputs, schema, key, own, network, given)
    ]
    lists = EmbeddedLists(inputs, schema, network)
    for _, reads in read:
        lists.add(reads.columns, reads.read)
    sides = EmbeddedSides()
    for width, reads in read:
        is_user, own = reads.is_by_request, reads.columns
        if own.num_single and reads.table is not None:
            fields = SmallFields(
                reads.singles,
                own.ids[0],
                reads.table,
                tuple(own.first_rows[: own.num_single]),
                tuple(own.num_ids),
            )
            small[is_user].append(fields)
        elif own.num_single:
            others[is_user].append(flattened(reads.singles))
        encoded = [
            (field, lists.encoded(field)) for field in own.lists if field.encoder
        ]
        for field, vector in encoded:
            others[is_user and not is_compared(field)].append(vector)
        sides.add(width, own.by_side(FIELD_GROUPS[is_user], reads.singles, encoded))
    texts = {} if texts_read is None else texts_read
    for field, width, vector in encoded_texts(
        inputs, schema, embedding_dim, network, texts
    ):
        others[field.side == "user"].append(vector)
        sides.add(width, {interacting_side(field): [vector]})
    groups = []
    for is_user, names in FIELD_GROUPS.items():
        for field, vector in projected_rows(
            inputs, schema, names, embedding_dim, network
        ):
            others[is_user].append(vector)
            sides.add(vector.shape[-1], {field.side: [vector]})
        numbers = [f"{name}_numbers" for name in names]
        packed = tuple(inputs[name] for name in numbers if name in inputs)
        group = SideFields(
            is_user, tuple(small[is_user]), tuple(others[is_user]), packed
        )
        if group.parts():
            groups.append(group)
    return interacting(interactions, EmbeddedFields(tuple(groups)), sides, network)


def _read(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    key: TableKey,
    vocabularies: Sequence[Vocabulary],
    network: str,
    given: dict[str, Sequence[TableReads]],
) -> Sequence[TableReads]:
    """What the fields read from a table, as wide as it says."""
    reads = given.get(key.vectors_of)
    if reads is None:
        reads = read_table(
            inputs,
            schema,
            vocabularies,
            vocabularies[0].vector_dim or key.width,
            table_name(key, network),
            returns_table=key.is_small
            or (bool(key.vectors_of) and projects_whole(schema, vocabularies[0])),
            is_trained=not key.vectors_of,
        )
        if key.vectors_of:
            reads = with_fallback(reads, key.vectors_of, inputs, schema)
    if not key.vectors_of:
        return reads
    given[key.vectors_of] = reads
    vectors = projected(reads, key.vectors_of, key.width, network)
    return [
        replace(own, read=read, table=None)
        for own, read in zip(reads, vectors, strict=True)
    ]
