"""Tasks: the events the model predicts, and how they follow one another."""

from typing import Literal

from pydantic import NonNegativeFloat, model_validator

from mtl_rec.config.base import NonEmpty, Section
from mtl_rec.config.features import Name


class Task(Section):
    """One event, or one value, predicted for an exposure."""

    name: Name
    """Name of the event; also of the served probability."""
    label: NonEmpty | None = None
    """Column of the data that says what happened; the task's name if not given."""
    positive: NonEmpty | None = None
    """What the column holds where the event happened, as text, if it is not 1: `yes`.
    Everything else is 0, and so is nothing. Blanks around it do not count."""
    after: Name | None = None
    """The task that must have happened before this one can."""
    kind: Literal["binary", "regression"] = "binary"
    """Whether it is an event (0 or 1) or a value (order value, rating)."""
    train_on: Literal["exposures", "parent"] | None = None
    """Rows that teach it: all `exposures`, or those where `after` happened (`parent`).
    Not given: `exposures` for events, `parent` for values that have one."""
    loss_weight: NonNegativeFloat = 1.0
    """Share of this task in the sum of losses."""

    @model_validator(mode="after")
    def _values_are_numbers(self):
        if self.positive is not None and self.kind == "regression":
            raise ValueError("`positive` goes with events. Received: kind: regression")
        return self

    @property
    def label_column(self) -> str:
        """The column of the data that holds the label."""
        return self.label or self.name

    @property
    def is_conditional(self) -> bool:
        """Whether it learns P(task | parent) rather than P(task | exposure)."""
        if self.after is None:
            return False
        return (self.train_on or _DEFAULT_ROWS[self.kind]) == "parent"


_DEFAULT_ROWS = {"binary": "exposures", "regression": "parent"}
