"""Which field stands where in what `embed_fields` gives, told without a graph."""

from collections.abc import Sequence

from mtl_rec.config.feature_section import SIDES, Side
from mtl_rec.config.interactions import Interactions
from mtl_rec.models.inputs import embedding_tables
from mtl_rec.models.interactions import interacting_order
from mtl_rec.models.interactions.embedded import BySide
from mtl_rec.models.language_models import language_models, texts_of
from mtl_rec.models.placed_fields import (
    EmbeddedField,
    PlacedField,
    SideOrder,
    interacting_side,
    is_compared,
)
from mtl_rec.models.table_columns import FIELD_GROUPS
from mtl_rec.schema.fields import IdField, IdListField, NumberField, VectorField
from mtl_rec.schema.schema import FieldKind, Schema


def field_order(
    schema: Schema, embedding_dim: int, interactions: Interactions
) -> list[SideOrder]:
    """The order of `embed_fields`, for the same arguments."""
    plain = _plain_order(schema, embedding_dim)
    return interacting_order(
        interactions, plain, embedded_fields(schema, embedding_dim)
    )


def embedded_fields(schema: Schema, embedding_dim: int) -> BySide[EmbeddedField]:
    """The fields that are embedded, in the order of `EmbeddedSides`."""
    embedded: BySide[EmbeddedField] = BySide()
    for key, vocabularies in embedding_tables(schema, embedding_dim).items():
        names = {vocabulary.name for vocabulary in vocabularies}
        for side in SIDES:
            singles = [f for f in _of(schema, IdField, [side]) if f.vocabulary in names]
            for field in [*singles, *_encoded_lists(schema, [side], names)]:
                embedded.add(key.width, {interacting_side(field): [field]})
    for field, width in _texts(schema, embedding_dim):
        embedded.add(width, {interacting_side(field): [field]})
    for field in _of(schema, VectorField, SIDES):
        width = field.embedding_dim or embedding_dim
        embedded.add(width, {interacting_side(field): [field]})
    return embedded


def _plain_order(schema: Schema, embedding_dim: int) -> list[SideOrder]:
    """Without interactions."""
    orders = []
    for is_by_request, sides in FIELD_GROUPS.items():
        small, others = [], []
        tables = embedding_tables(schema, embedding_dim)
        for key, vocabularies in tables.items():
            names = {vocabulary.name for vocabulary in vocabularies}
            singles = [f for f in _of(schema, IdField, sides) if f.vocabulary in names]
            lists = _encoded_lists(schema, sides, names)
            if not is_by_request:
                # The user's, of which every exposure has its own.
                users = _encoded_lists(schema, FIELD_GROUPS[True], names)
                compared = [field for field in users if is_compared(field)]
                others += [PlacedField(field, key.width) for field in compared]
            placed = [PlacedField(field, key.width) for field in singles]
            if placed and key.is_small:
                small.append(tuple(placed))
            else:
                others += placed
            others += [
                PlacedField(field, key.width)
                for field in lists
                if not is_compared(field)
            ]
        others += [
            PlacedField(field, width)
            for field, width in _texts(schema, embedding_dim)
            if field.side in sides
        ]
        others += [
            PlacedField(field, field.embedding_dim or embedding_dim)
            for field in _of(schema, VectorField, sides)
        ]
        others += [PlacedField(f, 1) for f in _of(schema, NumberField, sides)]
        if small or others:
            orders.append(SideOrder(is_by_request, tuple(small), tuple(others)))
    return orders


def _texts(schema: Schema, embedding_dim: int) -> list[tuple[IdListField, int]]:
    """The fields that language models encode, with their widths."""
    return [
        (field, vocabulary.embedding_dim or embedding_dim)
        for vocabulary, _, _ in language_models(schema)
        for field in texts_of(schema, vocabulary)
    ]


def _encoded_lists(
    schema: Schema, sides: Sequence[Side], vocabularies: set[str]
) -> list[IdListField]:
    """The lists that some vocabularies embed, without those encoded with others."""
    return [
        field
        for field in _of(schema, IdListField, sides)
        if field.encoder is not None and field.vocabulary in vocabularies
    ]


def _of(
    schema: Schema, kind: type[FieldKind], sides: Sequence[Side]
) -> list[FieldKind]:
    return [field for side in sides for field in schema.fields_of(kind, side)]
