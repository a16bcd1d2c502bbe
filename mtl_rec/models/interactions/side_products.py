"""Products of the user's fields with the item's, wherever their widths are equal."""

from collections.abc import Iterator

import keras

from mtl_rec.models.fields import joined
from mtl_rec.models.interactions.embedded import (
    BySide,
    EmbeddedSides,
    exposure_rows,
)
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.layers.side_products import SideProducts
from mtl_rec.models.placed_fields import EmbeddedField, FieldProduct, PlacedField


def side_products(sides: EmbeddedSides, network: str) -> Iterator[keras.KerasTensor]:
    """Of every width that both sides have, `(batch, products)`.

    The user's fields are repeated for every exposure.
    """
    for width in sides.widths("user", "compared"):
        users, compared = sides.of(width, "user"), sides.of(width, "compared")
        if items := sides.of(width, "item"):
            layer = SideProducts(width, name=layer_name(f"products_{width}", network))
            yield layer(exposure_rows(users, compared), joined(items))


def placed_side_products(fields: BySide[EmbeddedField]) -> Iterator[PlacedField]:
    """The order of `side_products`."""
    for width in fields.widths("user", "compared"):
        for user in fields.of(width, "user", "compared"):
            for item in fields.of(width, "item"):
                yield PlacedField(FieldProduct(user, item), 1)
