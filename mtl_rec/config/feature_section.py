"""What every kind of feature has."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from mtl_rec.config.base import NonEmpty, Section

Side = Literal["user", "item", "context"]
SIDES: tuple[Side, ...] = ("user", "item", "context")

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class FeatureSection(Section):
    """What every kind of feature has."""

    name: Name
    """Name in the model, in the served signature and in every table."""
    side: Side
    """Whether the value belongs to the user, the item, or the moment."""
    column: NonEmpty | None = None
    """The data's own name of the column, where it differs."""

    @property
    def source_column(self) -> str:
        """The column of the data that holds this feature."""
        return self.column or self.name
