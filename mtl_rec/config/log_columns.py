"""The columns that are made from a log, by name."""

from dataclasses import dataclass

from mtl_rec.config.events import EventLog

USER, ITEM, TIME = "user_id", "item_id", "exposed_at"
WINDOW_END = "window_ends_at"

TAKEN = ("user", "item", "event", "time", "key", "valid_from", TIME, WINDOW_END)
"""Names that columns of a log must not have: the builder has columns of its own."""


@dataclass(frozen=True)
class Clock:
    """The hour (0 to 23) or the weekday (1 is Monday) of the exposure."""

    unit: str


@dataclass(frozen=True)
class History:
    """What the user's last events were, the newest last.

    Attributes:
        of: `item_id`, an attribute of items, `event_type`, or `time_gap`.
    """

    of: str


@dataclass(frozen=True)
class PastEvents:
    """How many events the user had before, or how long ago the last one was.

    Attributes:
        measure: `num_events`, `num_<event>` or `hours_since_event`.
        with_: Only those with the exposure's item or with its value of an attribute;
            None for all.
    """

    measure: str
    with_: str | None = None


@dataclass(frozen=True)
class EarlierDays:
    """What earlier days say of the item, or of all items with its attribute's value.

    Attributes:
        of: `item` or an attribute of items.
        measure: `num_events`, `num_<event>`, `days_since_event`,
            `days_since_first_event` or `<label>_rate`.
    """

    of: str
    measure: str


Recipe = Clock | History | PastEvents | EarlierDays


def generated_columns(log: EventLog) -> dict[str, Recipe]:
    """Every column that can be made from a log, whether a feature asks for it or not.

    Names are made of what the config declares: `history_category`, `user_num_view`,
    `user_category_num_events`, `item_purchase_rate`, `brand_days_since_event`.
    """
    entities = ("item", *log.item_attributes)
    counts = ["num_events", *(f"num_{event}" for event in log.event_names)]
    columns: dict[str, Recipe] = {unit: Clock(unit) for unit in ("hour", "weekday")}
    for of in (ITEM, *log.item_attributes, "event_type", "time_gap"):
        columns[f"history_{of}"] = History(of)
    for measure in (*counts, "hours_since_event"):
        columns[f"user_{measure}"] = PastEvents(measure)
    for of in entities:
        for measure in (*counts, "hours_since_event"):
            columns[f"user_{of}_{measure}"] = PastEvents(measure, of)
        for measure in (
            *counts,
            "days_since_event",
            "days_since_first_event",
            *(f"{label}_rate" for label in log.labels),
        ):
            columns[f"{of}_{measure}"] = EarlierDays(of, measure)
    return columns


def known_columns(log: EventLog) -> list[str]:
    """Every column that features may name, the log's own first."""
    own = [USER, ITEM, *log.item_attributes, *log.context_columns]
    own += log.users.columns if log.users else ()
    return [*own, *generated_columns(log)]
