"""From packed inputs to embedded fields: the same for every architecture."""

from collections import defaultdict
from collections.abc import Mapping

import keras

from mtl_rec.config.interactions import SIDE_PRODUCTS, Interactions
from mtl_rec.models.fields import (
    EmbeddedFields,
    SideFields,
    SmallFields,
    flattened,
)
from mtl_rec.models.interactions import interacting
from mtl_rec.models.interactions.embedded import EmbeddedSides
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.layers.masked_mean import MaskedMean
from mtl_rec.models.table_columns import FIELD_GROUPS
from mtl_rec.models.table_reads import read_table
from mtl_rec.schema.fields import IdListField, Vocabulary
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


def embedding_tables(
    schema: Schema, embedding_dim: int
) -> dict[tuple[int, bool], list[Vocabulary]]:
    """Vocabularies whose embeddings are one weight, by width and whether small."""
    tables: dict[tuple[int, bool], list[Vocabulary]] = defaultdict(list)
    for vocabulary in schema.vocabularies.values():
        width = vocabulary.embedding_dim or embedding_dim
        tables[width, is_small(vocabulary)].append(vocabulary)
    return tables


def is_small(vocabulary: Vocabulary) -> bool:
    """Whether its ids stand in a table that is swept whole."""
    return vocabulary.num_ids <= SMALL_VOCABULARY


def table_name(width: int, is_small: bool, network: str = "") -> str:
    """The layer that holds the embeddings of one width.

    Args:
        width: Of the embeddings.
        is_small: Whether they are those of small vocabularies.
        network: As `embed_fields` has it.
    """
    small = "small_" if is_small else ""
    return layer_name(f"{small}embedding_{width}", network)


def embed_fields(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    embedding_dim: int,
    network: str = "",
    interactions: Interactions = SIDE_PRODUCTS,
) -> EmbeddedFields:
    """Embeds ids, encodes lists, and makes what the fields are together.

    Fields of one width share a table, and those of small vocabularies another.

    Args:
        inputs: From `packed_inputs`.
        schema: What the columns mean.
        embedding_dim: Width of embeddings whose feature does not state its own.
        network: Tells the tables of a model apart that has several for one vocabulary.
        interactions: What becomes of the fields.
    """
    small: dict[bool, list[SmallFields]] = {True: [], False: []}
    others: dict[bool, list[keras.KerasTensor]] = {True: [], False: []}
    sides = EmbeddedSides()
    tables = embedding_tables(schema, embedding_dim)
    for (width, of_small), vocabularies in tables.items():
        name = table_name(width, of_small, network)
        for reads in read_table(
            inputs, schema, vocabularies, width, name, returns_table=of_small
        ):
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
            lists = [
                _encode_list(field, embedded, inputs[field.name], network)
                for field, embedded in reads.lists()
            ]
            others[is_user] += lists
            sides.add(width, own.by_side(FIELD_GROUPS[is_user], reads.singles, lists))
    groups = []
    for is_user, names in FIELD_GROUPS.items():
        numbers = [f"{name}_numbers" for name in names]
        packed = tuple(inputs[name] for name in numbers if name in inputs)
        group = SideFields(
            is_user, tuple(small[is_user]), tuple(others[is_user]), packed
        )
        if group.parts():
            groups.append(group)
    return interacting(interactions, EmbeddedFields(tuple(groups)), sides, network)


def _encode_list(field: IdListField, embedded, ids, network: str) -> keras.KerasTensor:
    match field.encoder.kind:
        case "mean" | "bag":
            name = layer_name(f"{field.name}_mean", network)
            return MaskedMean(name=name)(embedded, ids)
