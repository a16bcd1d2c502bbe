"""The second-order term of a factorization machine, for each width of embeddings."""

from collections.abc import Iterator

import keras

from mtl_rec.models.fields import joined
from mtl_rec.models.interactions.embedded import BySide, EmbeddedSides
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.layers.pair_sums import FieldSums, PairSums
from mtl_rec.models.layers.request_rows import RequestRows
from mtl_rec.models.placed_fields import (
    EXPOSURE_SIDES,
    INTERACTING_SIDES,
    EmbeddedField,
    PairSum,
    PlacedField,
)


def pair_sums(sides: EmbeddedSides, network: str) -> Iterator[keras.KerasTensor]:
    """Of every width that several fields have, `(batch, width)`.

    The user's fields are summed once for a request; two vectors are repeated.
    """
    for width in sides.widths(*INTERACTING_SIDES):
        users, others = (
            sides.of(width, "user"),
            sides.of(width, *EXPOSURE_SIDES),
        )
        if sum(tensor.shape[-1] for tensor in (*users, *others)) == width:
            continue
        sums = []
        if users:
            layer = FieldSums(width, name=layer_name(f"user_sums_{width}", network))
            sums.append(RequestRows()(layer(joined(users))))
        if others:
            layer = FieldSums(width, name=layer_name(f"sums_{width}", network))
            sums.append(layer(joined(others)))
        yield PairSums(name=layer_name(f"pairs_{width}", network))(*sums)


def placed_pair_sums(fields: BySide[EmbeddedField]) -> Iterator[PlacedField]:
    """The order of `pair_sums`."""
    for width in fields.widths(*INTERACTING_SIDES):
        if len(fields.of(width, *INTERACTING_SIDES)) > 1:
            yield PlacedField(PairSum(width), width)
