"""Embedded fields by width and side: what can interact."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import keras

from mtl_rec.models.fields import joined
from mtl_rec.models.layers.request_rows import RequestRows
from mtl_rec.models.placed_fields import InteractingSide

Item = TypeVar("Item")


class BySide(Generic[Item]):
    """Tensors, or fields, of each width and side in the order they are added."""

    def __init__(self) -> None:
        self._items: dict[InteractingSide, dict[int, list[Item]]] = defaultdict(
            lambda: defaultdict(list)
        )

    def add(
        self, width: int, by_side: Mapping[InteractingSide, Sequence[Item]]
    ) -> None:
        """Takes more of them.

        Args:
            width: Of their embeddings.
            by_side: The fields; as tensors, side by side, `(batch, width or a multiple
                of it)` each.
        """
        for side, items in by_side.items():
            if items:
                self._items[side][width] += items

    def widths(self, *sides: InteractingSide) -> list[int]:
        """The widths that these sides have, in the order they came up."""
        return list(dict.fromkeys(w for side in sides for w in self._items[side]))

    def of(self, width: int, *sides: InteractingSide) -> list[Item]:
        """Those of a width, side after side."""
        own = (self._items[side] for side in sides)
        return [item for by_width in own for item in by_width.get(width, [])]

    def everything(self, *sides: InteractingSide) -> Iterator[tuple[int, Item]]:
        """Each with its width, all of the first side first."""
        for side in sides:
            for width, items in self._items[side].items():
                for item in items:
                    yield width, item


EmbeddedSides = BySide[keras.KerasTensor]


def exposure_rows(
    users: Sequence[keras.KerasTensor], others: Sequence[keras.KerasTensor]
) -> keras.KerasTensor:
    """All side by side with a row for each exposure, the user's repeated."""
    repeated = [RequestRows()(joined(users))] if users else []
    return joined([*repeated, *others])
