"""Event logs: what their columns are, and the rules that make exposures of them."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, model_validator

from mtl_rec.config.base import Count, NonEmpty
from mtl_rec.config.csv_text import CsvText
from mtl_rec.config.features import Name
from mtl_rec.config.log_parts import (
    EventColumns,
    Label,
    Moment,
    Names,
    PopularityNegatives,
    SideTable,
    TimeZone,
    UniformNegatives,
)


class EventLog(CsvText):
    """A log of events, and the rules that make labelled exposures of it."""

    path: NonEmpty
    """CSV or Parquet: a file, a folder, or a glob; relative to where one is."""
    format: Literal["csv", "parquet"] | None = None
    """Taken from the file ending where it is not given."""
    columns: EventColumns = EventColumns()
    item_columns: Names = ()
    """Columns of the log that describe the item: category, brand, price."""
    context_columns: Names = ()
    """Columns of the log that describe the moment: device, page."""
    ignored_columns: Names = ()
    """Columns of the log that are not used; any other that is not named is refused."""
    event_types: Annotated[dict[str, Name], Field(min_length=1)]
    """The log's own word for each type of event, and the name used here."""
    time_unit: Literal["s", "ms", "us"] = "s"
    """Unit of times that are numbers."""
    time_format: NonEmpty | None = None
    """How times that are text are written, as in Python's `strptime`; ISO 8601 where
    it is not given."""
    timezone: TimeZone = "UTC"
    """Zone of times without one, and of the days and hours that features speak of."""
    starts: Moment | None = None
    """Events before this time are refused."""
    ends: Moment | None = None
    """Events from this time on are refused, and windows must end by then; the last
    event's time where it is not given."""
    max_rejected_fraction: float = Field(0.01, ge=0, le=1)
    """Share of the rows that may be unusable before the log is refused."""
    items: SideTable | None = None
    users: SideTable | None = None
    opened_by: Names = ()
    """Events that are exposures, such as impressions; where none is given, the first
    event of any type is one."""
    window_hours: PositiveFloat
    """How long an exposure lasts: later events of its user and item belong to it."""
    labels: Annotated[dict[Name, Label], Field(min_length=1)]
    """By label column of a task, the rule."""
    repair: bool = False
    """Whether a step that is logged without the one before it proves that one; where
    it does not, such exposures are an error."""
    history_length: Count = 50
    """Events that a history holds at most."""
    history_events: Names = ()
    """Events that histories hold; where none is given, all."""
    rate_smoothing: PositiveFloat = 20.0
    """Exposures at the overall rate that are added to those an item's rate is of."""
    negatives: (
        Annotated[UniformNegatives | PopularityNegatives, Field(discriminator="kind")]
        | None
    ) = None
    prepared: NonEmpty = "prepared"
    """Folder that keeps the exposures made of logs, for runs to come."""

    @property
    def event_names(self) -> tuple[str, ...]:
        """The names of events that are used here, each once."""
        return tuple(dict.fromkeys(self.event_types.values()))

    @property
    def item_attributes(self) -> tuple[str, ...]:
        """What is known of an item beside its id."""
        return (*self.item_columns, *(self.items.columns if self.items else ()))

    @property
    def declared_columns(self) -> tuple[str, ...]:
        """Every column that the log must have, ignored ones included."""
        return (
            *self.columns.names,
            *self.item_columns,
            *self.context_columns,
            *self.ignored_columns,
        )

    @model_validator(mode="after")
    def _settings_fit_together(self):
        names = (*self.declared_columns, *(self.items.columns if self.items else ()))
        names += self.users.columns if self.users else ()
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"columns must be named once. Received twice: {repeated}")
        named = {e for label in self.labels.values() for e in label.events}
        named |= {*self.opened_by, *self.history_events}
        unknown = sorted(named - set(self.event_names))
        if unknown:
            raise ValueError(
                "`labels`, `opened_by` and `history_events` must name events of "
                f"`event_types`: {list(self.event_names)}. Received: {unknown}"
            )
        for name, label in self.labels.items():
            if label.same != "item" and label.same not in self.item_attributes:
                raise ValueError(
                    f"`labels.{name}.same` must be `item` or one of "
                    f"{list(self.item_attributes)}. Received: '{label.same}'"
                )
            if label.within_hours and label.within_hours > self.window_hours:
                raise ValueError(
                    f"`labels.{name}.within_hours` must be at most `window_hours`. "
                    f"Received: {label.within_hours:g} of {self.window_hours:g}"
                )
        if self.header and set(self.header) != set(self.declared_columns):
            raise ValueError(
                "`header` must name the declared columns. Received: "
                f"{sorted(self.header)}, declared {sorted(self.declared_columns)}"
            )
        return self


class Events(EventLog):
    """Any log, described column by column."""

    kind: Literal["events"]
