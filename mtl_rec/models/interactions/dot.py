"""Dot products of all pairs of fields, wherever their widths are equal."""

from collections.abc import Iterator

import keras

from mtl_rec.models.interactions.embedded import (
    BySide,
    EmbeddedSides,
    exposure_rows,
)
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.layers.dot_products import DotProducts
from mtl_rec.models.placed_fields import (
    EXPOSURE_SIDES,
    INTERACTING_SIDES,
    EmbeddedField,
    FieldProduct,
    PlacedField,
)


def dot_products(sides: EmbeddedSides, network: str) -> Iterator[keras.KerasTensor]:
    """Of every width that several fields have, `(batch, products)`.

    The user's fields are repeated for every exposure, and so are their products.
    """
    for width in sides.widths(*INTERACTING_SIDES):
        users = sides.of(width, "user")
        rows = exposure_rows(users, sides.of(width, *EXPOSURE_SIDES))
        if rows.shape[-1] > width:
            layer = DotProducts(width, name=layer_name(f"dots_{width}", network))
            yield layer(rows)


def placed_dot_products(fields: BySide[EmbeddedField]) -> Iterator[PlacedField]:
    """The order of `dot_products`."""
    for width in fields.widths(*INTERACTING_SIDES):
        own = fields.of(width, *INTERACTING_SIDES)
        for position, one in enumerate(own):
            for other in own[:position]:
                yield PlacedField(FieldProduct(one, other), 1)
