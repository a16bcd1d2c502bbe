"""Layers that multiply all embedded fields with what was made of them."""

from collections.abc import Sequence

from mtl_rec.config.interactions import Cross
from mtl_rec.models.fields import EmbeddedFields, SideFields
from mtl_rec.models.interactions.embedded import (
    BySide,
    EmbeddedSides,
    exposure_rows,
)
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.layers.feature_cross import FeatureCross
from mtl_rec.models.placed_fields import (
    EXPOSURE_SIDES,
    INTERACTING_SIDES,
    EmbeddedField,
    PlacedField,
    SideOrder,
)
from mtl_rec.schema.fields import NumberField


def crossed(
    config: Cross, fields: EmbeddedFields, sides: EmbeddedSides, network: str
) -> EmbeddedFields:
    """The fields after all layers in place of the fields; numbers stay.

    The user's fields are repeated for every exposure, and all that follows is computed
    for each: nothing is left for `FieldLinear`, or to be multiplied once for a request.
    """
    users = [tensor for _, tensor in sides.everything("user")]
    others = [tensor for _, tensor in sides.everything(*EXPOSURE_SIDES)]
    if not users and not others:
        return fields
    first = exposure_rows(users, others)
    rows = first
    for depth in range(config.num_layers):
        name = layer_name(f"cross_{depth}", network)
        rows = FeatureCross(config.rank, name=name)(first, rows)
    numbers = {side.is_by_request: side.numbers for side in fields.sides}
    by_request = SideFields(True, (), (), numbers.get(True, ()))
    by_exposure = SideFields(False, (), (rows,), numbers.get(False, ()))
    kept = [by_request, by_exposure] if by_request.numbers else [by_exposure]
    return EmbeddedFields(tuple(kept))


def placed_crossed(
    config: Cross, orders: Sequence[SideOrder], fields: BySide[EmbeddedField]
) -> list[SideOrder]:
    """The order of `crossed`.

    Args:
        config: As there.
        orders: Of the fields without interactions.
        fields: As there.
    """
    became = f"after {config.num_layers} crosses"
    if config.rank is not None:
        became += f" of rank {config.rank}"
    rows = [
        PlacedField(field, width, became)
        for width, field in fields.everything(*INTERACTING_SIDES)
    ]
    if not rows:
        return list(orders)
    kept = []
    for is_by_request in (True, False):
        own = [o for o in orders if o.is_by_request == is_by_request]
        numbers = [
            placed
            for order in own
            for placed in order.others
            if isinstance(placed.field, NumberField)
        ]
        if not is_by_request:
            numbers = [*rows, *numbers]
        if numbers:
            kept.append(SideOrder(is_by_request, (), tuple(numbers)))
    return kept
