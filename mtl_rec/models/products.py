"""Products of the user's fields with the item's, wherever their widths are equal."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import keras

from mtl_rec.models.fields import joined
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.layers.request_rows import RequestRows
from mtl_rec.models.layers.side_products import SideProducts
from mtl_rec.schema.fields import IdField, IdListField


@dataclass(frozen=True)
class FieldProduct:
    """The product of one field of the user with one of the item.

    Attributes:
        user: The one.
        item: The other.
    """

    user: IdField | IdListField
    item: IdField | IdListField

    @property
    def name(self) -> str:
        """No field has such a name."""
        return f"{self.user.name} x {self.item.name}"


def field_products(
    users: Sequence[IdField | IdListField], items: Sequence[IdField | IdListField]
) -> list[FieldProduct]:
    """In the order of `SideProducts`."""
    return [FieldProduct(user, item) for user in users for item in items]


class EmbeddedSides:
    """The embedded fields of both sides by their width, in the order they are added."""

    def __init__(self) -> None:
        self._users: dict[int, list[keras.KerasTensor]] = defaultdict(list)
        self._items: dict[int, list[keras.KerasTensor]] = defaultdict(list)
        self._by_exposure: dict[int, list[keras.KerasTensor]] = defaultdict(list)

    def add(
        self,
        width: int,
        is_user: bool,
        vectors: Sequence[keras.KerasTensor],
        by_exposure: Sequence[keras.KerasTensor] = (),
    ) -> None:
        """Takes fields side by side, `(batch, width or a multiple of it)` each.

        Args:
            width: Of a field.
            is_user: Whose fields they are.
            vectors: The fields, the user's with a row for each request.
            by_exposure: Fields of the user that have one for each exposure.
        """
        if vectors or by_exposure:
            (self._users if is_user else self._items)[width] += vectors
            self._by_exposure[width] += by_exposure

    def products(self, network: str) -> Iterator[keras.KerasTensor]:
        """Yields a row for each exposure, of every width that both sides have.

        Args:
            network: As `embed_fields` has it.
        """
        for width, users in self._users.items():
            by_exposure = self._by_exposure[width]
            if (users or by_exposure) and self._items[width]:
                repeated = [RequestRows()(joined(users))] if users else []
                of_exposures = joined([*repeated, *by_exposure])
                layer = SideProducts(
                    width, name=layer_name(f"products_{width}", network)
                )
                yield layer(of_exposures, joined(self._items[width]))
