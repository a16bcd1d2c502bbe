"""Which field stands where in what `embed_fields` gives, told without a graph."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mtl_rec.config.features import Side
from mtl_rec.models.inputs import FIELD_GROUPS, embedding_tables
from mtl_rec.models.products import FieldProduct, field_products
from mtl_rec.schema.fields import Field, IdField, IdListField, NumberField
from mtl_rec.schema.schema import FieldKind, Schema


@dataclass(frozen=True)
class PlacedField:
    """A field as it is multiplied.

    Attributes:
        field: Which, or which two of them.
        width: Numbers that an exposure has of it.
    """

    field: Field | FieldProduct
    width: int


@dataclass(frozen=True)
class SideOrder:
    """The fields of one `SideFields`, in order.

    Attributes:
        is_by_request: As there.
        small: The columns of every `FieldLinear`.
        others: What is side by side in `others`.
    """

    is_by_request: bool
    small: tuple[tuple[PlacedField, ...], ...]
    others: tuple[PlacedField, ...]

    def joined(self) -> list[PlacedField]:
        """The fields of `SideFields.parts`."""
        return [*(placed for columns in self.small for placed in columns), *self.others]


def field_order(schema: Schema, embedding_dim: int) -> list[SideOrder]:
    """The order of `embed_fields`, for the same arguments."""
    orders = []
    embedded: dict[tuple[int, Side], list[IdField | IdListField]] = defaultdict(list)
    for is_by_request, sides in FIELD_GROUPS.items():
        small, others = [], []
        tables = embedding_tables(schema, embedding_dim)
        for (width, is_small), vocabularies in tables.items():
            names = {vocabulary.name for vocabulary in vocabularies}
            singles = [f for f in _of(schema, IdField, sides) if f.vocabulary in names]
            lists = _encoded_lists(schema, sides, names)
            if not is_by_request:
                # The user's, of which every exposure has its own.
                users = _encoded_lists(schema, FIELD_GROUPS[True], names)
                compared = [field for field in users if field.sees_candidate]
                others += [PlacedField(field, width) for field in compared]
            placed = [PlacedField(field, width) for field in singles]
            if placed and is_small:
                small.append(tuple(placed))
            else:
                others += placed
            others += [
                PlacedField(field, width)
                for field in lists
                if not (is_by_request and field.sees_candidate)
            ]
            for field in (*singles, *lists):
                embedded[width, field.side].append(field)
        others += [PlacedField(f, 1) for f in _of(schema, NumberField, sides)]
        if not is_by_request:
            others += [PlacedField(product, 1) for product in _products(embedded)]
        if small or others:
            orders.append(SideOrder(is_by_request, tuple(small), tuple(others)))
    return orders


def _encoded_lists(
    schema: Schema, sides: Sequence[Side], vocabularies: set[str]
) -> list[IdListField]:
    """The lists that some vocabularies embed, without those encoded with others."""
    return [
        field
        for field in _of(schema, IdListField, sides)
        if field.encoder is not None and field.vocabulary in vocabularies
    ]


def _products(
    embedded: Mapping[tuple[int, Side], list[IdField | IdListField]],
) -> list[FieldProduct]:
    return [
        product
        for (width, side), users in embedded.items()
        if side == "user"
        for product in field_products(
            sorted(users, key=_has_row_for_each_exposure),
            embedded.get((width, "item"), []),
        )
    ]


def _has_row_for_each_exposure(field: IdField | IdListField) -> bool:
    return isinstance(field, IdListField) and field.sees_candidate


def _of(
    schema: Schema, kind: type[FieldKind], sides: Sequence[Side]
) -> list[FieldKind]:
    return [field for side in sides for field in schema.fields_of(kind, side)]
