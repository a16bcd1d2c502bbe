"""Which fields stand where in what is multiplied, told without a graph."""

from dataclasses import dataclass

from mtl_rec.schema.fields import Field, IdField, IdListField

EmbeddedField = IdField | IdListField


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
