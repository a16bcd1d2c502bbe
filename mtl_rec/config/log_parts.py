"""The parts of an event log's section."""

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat

from mtl_rec.config.base import Count, NonEmpty, Section


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(
            "must name a time zone, such as Europe/Berlin or UTC"
        ) from error
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


def _parsed(value: object) -> object:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


Moment = Annotated[datetime, BeforeValidator(_parsed)]
"""A date, which is its midnight, or a time, in ISO 8601."""

Names = tuple[NonEmpty, ...]


class EventColumns(Section):
    """The log's own names of the four columns that make an event."""

    user: NonEmpty = "user_id"
    item: NonEmpty = "item_id"
    event: NonEmpty = "event_type"
    time: NonEmpty = "event_time"

    @property
    def names(self) -> tuple[str, str, str, str]:
        """User, item, event, time."""
        return self.user, self.item, self.event, self.time


class Label(Section):
    """The rule by which an exposure gets a label."""

    events: Annotated[Names, Field(min_length=1)]
    """The label is 1 if one of these follows, the exposure's own event included."""
    same: NonEmpty = "item"
    """What it must share with the exposure beside the user: the `item`, or the value of
    an item column, such as its category."""
    within_hours: PositiveFloat | None = None
    """How soon after the exposure; its whole window where it is not given."""
    implied: bool = False
    """Whether a deeper step of the funnel proves this one, logged or not."""


class SideTable(Section):
    """What is known of items, or of users: one row for each, or each change."""

    path: NonEmpty
    """CSV or Parquet: a file, a folder, or a glob."""
    format: Literal["csv", "parquet"] | None = None
    key: NonEmpty
    """Column of the id that the log knows it by."""
    columns: Annotated[Names, Field(min_length=1)]
    """Columns to take."""
    valid_from: NonEmpty | None = None
    """Column of the time from which a row holds; without it, rows hold always."""


class NegativeSampling(Section):
    """Items that the user had not touched, drawn for every exposure of the log."""

    per_exposure: Count = 4
    """Draws for every exposure of the log."""
    candidates_per_exposure: PositiveFloat | None = None
    """How many untouched items the user could have chosen at that moment, which sets
    the base rate that predictions have: the length of a page, or, where it is not
    given, the number of items in the log and the item table."""
    seed: int = Field(1, ge=0)
    """Which draws."""


class UniformNegatives(NegativeSampling):
    """Each item known the day before is as likely as any other."""

    kind: Literal["uniform"]


class PopularityNegatives(NegativeSampling):
    """Items are drawn by their number of events on the days before, plus one."""

    kind: Literal["popularity"]
