"""Which field stands where in what `embed_fields` gives, told without a graph."""

from collections.abc import Sequence

from mtl_rec.config.features import SIDES, Side
from mtl_rec.config.interactions import Interactions
from mtl_rec.models.inputs import embedding_tables
from mtl_rec.models.interactions import interacting_order
from mtl_rec.models.interactions.embedded import BySide
from mtl_rec.models.placed_fields import EmbeddedField, PlacedField, SideOrder
from mtl_rec.models.table_columns import FIELD_GROUPS
from mtl_rec.schema.fields import IdField, IdListField, NumberField
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
            fields = [*_of(schema, IdField, [side]), *_of(schema, IdListField, [side])]
            own = [field for field in fields if field.vocabulary in names]
            embedded.add(key.width, {side: own})
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
            lists = [
                f for f in _of(schema, IdListField, sides) if f.vocabulary in names
            ]
            placed = [PlacedField(field, key.width) for field in singles]
            if placed and key.is_small:
                small.append(tuple(placed))
            else:
                others += placed
            others += [PlacedField(field, key.width) for field in lists]
        others += [PlacedField(f, 1) for f in _of(schema, NumberField, sides)]
        if small or others:
            orders.append(SideOrder(is_by_request, tuple(small), tuple(others)))
    return orders


def _of(
    schema: Schema, kind: type[FieldKind], sides: Sequence[Side]
) -> list[FieldKind]:
    return [field for side in sides for field in schema.fields_of(kind, side)]
