"""The one place that knows which interactions there are."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import keras

from mtl_rec.config import interactions as kinds
from mtl_rec.models.fields import EmbeddedFields, SideFields
from mtl_rec.models.interactions.cross import crossed, placed_crossed
from mtl_rec.models.interactions.dot import dot_products, placed_dot_products
from mtl_rec.models.interactions.embedded import BySide, EmbeddedSides
from mtl_rec.models.interactions.pair_sums import pair_sums, placed_pair_sums
from mtl_rec.models.interactions.side_products import (
    placed_side_products,
    side_products,
)
from mtl_rec.models.placed_fields import EmbeddedField, PlacedField, SideOrder


def interacting(
    config: kinds.Interactions,
    fields: EmbeddedFields,
    sides: EmbeddedSides,
    network: str,
) -> EmbeddedFields:
    """What an architecture sees.

    Args:
        config: The choice.
        fields: Alone.
        sides: Those of them that are embedded, single ids and encoded lists.
        network: As `embed_fields` has it.
    """
    match config:
        case kinds.Concat():
            return fields
        case kinds.SideProducts():
            return _beside(fields, side_products(sides, network))
        case kinds.FactorizationMachine():
            return _beside(fields, pair_sums(sides, network))
        case kinds.Dot():
            return _beside(fields, dot_products(sides, network))
        case kinds.Cross():
            return crossed(config, fields, sides, network)


def interacting_order(
    config: kinds.Interactions,
    orders: Sequence[SideOrder],
    fields: BySide[EmbeddedField],
) -> list[SideOrder]:
    """The order of `interacting`, for the same arguments."""
    match config:
        case kinds.Concat():
            return list(orders)
        case kinds.SideProducts():
            return _placed_beside(orders, placed_side_products(fields))
        case kinds.FactorizationMachine():
            return _placed_beside(orders, placed_pair_sums(fields))
        case kinds.Dot():
            return _placed_beside(orders, placed_dot_products(fields))
        case kinds.Cross():
            return placed_crossed(config, orders, fields)


def _beside(
    fields: EmbeddedFields, rows: Iterable[keras.KerasTensor]
) -> EmbeddedFields:
    """The fields and more of each exposure, which come last."""
    rows = tuple(rows)
    if not rows:
        return fields
    sides = {side.is_by_request: side for side in fields.sides}
    own = sides.get(False, SideFields(False, (), ()))
    sides[False] = replace(own, interactions=rows)
    return EmbeddedFields(tuple(sides.values()))


def _placed_beside(
    orders: Sequence[SideOrder], placed: Iterable[PlacedField]
) -> list[SideOrder]:
    placed = tuple(placed)
    if not placed:
        return list(orders)
    by_side = {order.is_by_request: order for order in orders}
    own = by_side.get(False, SideOrder(False, (), ()))
    by_side[False] = replace(own, others=(*own.others, *placed))
    return list(by_side.values())
