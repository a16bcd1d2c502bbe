"""Which fields stand where in what is multiplied, told without a graph."""

from dataclasses import dataclass
from typing import Literal

from mtl_rec.config.feature_section import Side
from mtl_rec.schema.fields import Field, IdField, IdListField, VectorField

EmbeddedField = IdField | IdListField | VectorField

InteractingSide = Side | Literal["compared"]
"""The sides, and lists of the user that are compared with the item, of which every
exposure has its own vector."""

EXPOSURE_SIDES: tuple[InteractingSide, ...] = ("compared", "item", "context")
INTERACTING_SIDES: tuple[InteractingSide, ...] = ("user", *EXPOSURE_SIDES)


def interacting_side(field: EmbeddedField) -> InteractingSide:
    """Among which an embedded field is."""
    return "compared" if is_compared(field) else field.side


def is_compared(field: EmbeddedField) -> bool:
    """Whether it is a list of the user with a vector for each exposure."""
    sees_candidate = isinstance(field, IdListField) and field.sees_candidate
    return sees_candidate and field.side == "user"


@dataclass(frozen=True)
class FieldProduct:
    """The product of two fields.

    Attributes:
        one: Of them; of one side with another, the user's.
        other: The other.
    """

    one: EmbeddedField
    other: EmbeddedField

    @property
    def name(self) -> str:
        """No field has such a name."""
        return f"{self.one.name} x {self.other.name}"


@dataclass(frozen=True)
class PairSum:
    """The sum of the products of all pairs of fields of one width."""

    width: int

    @property
    def name(self) -> str:
        """No field has such a name."""
        return f"(pairs of width {self.width})"


@dataclass(frozen=True)
class PlacedField:
    """A field as it is multiplied.

    Attributes:
        field: Which, or what was made of several.
        width: Numbers that an exposure has of it.
        became: What was made of it at its place, if anything was.
    """

    field: Field | FieldProduct | PairSum
    width: int
    became: str = ""


@dataclass(frozen=True)
class SideOrder:
    """The fields of one `SideFields`, in order.

    Attributes:
        is_by_request: As there.
        small: The columns of every `FieldLinear`.
        others: What is side by side in `dense_parts`.
    """

    is_by_request: bool
    small: tuple[tuple[PlacedField, ...], ...]
    others: tuple[PlacedField, ...]

    def joined(self) -> list[PlacedField]:
        """The fields of `SideFields.parts`."""
        return [*(placed for columns in self.small for placed in columns), *self.others]
