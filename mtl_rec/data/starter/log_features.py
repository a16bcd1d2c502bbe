"""Features of a log: what users did before, what is known of items, the moment."""

from collections.abc import Mapping, Sequence
from typing import Any

from mtl_rec.data.starter.draft import Draft, Guess, Line
from mtl_rec.data.starter.kinds import attribute, id_feature, suggest
from mtl_rec.data.starter.log_attributes import Attributes
from mtl_rec.data.starter.log_events import LogEvents
from mtl_rec.data.starter.log_times import Span
from mtl_rec.data.starter.names import cleaned
from mtl_rec.data.starter.profile import Column
from mtl_rec.data.starter.roles import LogRoles
from mtl_rec.data.starter.side_tables import SideTableDraft
from mtl_rec.data.starter.sides import side_of
from mtl_rec.data.starter.wishes import What

HISTORY = 20
CATEGORIES = 3
"""Attributes of items whose values are counted, of those with most to tell."""

_DAYS_FOR_RATES, _DAYS_FOR_HOURS, _DAYS_FOR_WEEKDAYS = 3, 3, 21


def add_log_features(
    draft: Draft,
    roles: LogRoles,
    attributes: Attributes,
    sides: Mapping[What, SideTableDraft],
    events: LogEvents,
    span: Span,
) -> None:
    """Adds features to a draft.

    Args:
        draft: Gets them.
        roles: Who did what with which item when.
        attributes: The other columns.
        sides: Tables beside the log.
        events: The types of events and the tasks.
        span: The time the log is of.
    """
    days = span.hours / 24
    own = [_attribute(draft, column, "item") for column in attributes.of_items]
    items = [line for line in own if line]
    columns = list(attributes.of_items)
    if "items" in sides:
        items += sides["items"].lines
        columns += sides["items"].columns
    # Those of few values say what a user likes; of ids there are too many to count.
    of_few = [line for line in items if line.settings["kind"] == "categorical"]
    counts = {_column(line): _count(line, columns) for line in of_few}
    categories = [
        name for name in sorted(counts, key=lambda n: counts[n]) if counts[name] > 2
    ]
    categories = categories[-CATEGORIES:]
    draft.features += _of_users(events, categories, items)
    draft.features += sides["users"].lines if "users" in sides else []
    suggestion = id_feature(roles.item.column)
    item = {**(suggestion.settings or {}), "name": "item_id", "side": "item"}
    draft.features.append(Line(_ordered(item), suggestion.why))
    draft.features += items
    if days >= _DAYS_FOR_RATES:
        draft.features += _of_earlier_days(events, categories)
    for column in attributes.of_moments:
        side, _ = side_of(column, roles.user, roles.item)
        line = _attribute(draft, column, "user" if side == "user" else "context")
        draft.features += [line] if line else []
    for number, name in enumerate(categories):
        settings = _number(f"user_{name}_num_events", "context")
        why = "" if number else "this user's events with it before"
        draft.features.append(Line(settings, why))
    if days >= _DAYS_FOR_HOURS and not span.has_days_only:
        why = "of the exposure, in UTC: `timezone` of the source changes that"
        draft.features.append(Line(_categorical("hour", "context"), why))
    if days >= _DAYS_FOR_WEEKDAYS:
        draft.features.append(Line(_categorical("weekday", "context")))


def _of_users(
    events: LogEvents, categories: Sequence[str], items: Sequence[Line]
) -> list[Line]:
    names = {_column(line): line.settings["name"] for line in items}
    history: dict[str, Any] = {"kind": "sequence", "name": "history_item_id"}
    history |= {"side": "user", "max_length": HISTORY, "shares": "item_id"}
    lines = [Line(history, "the newest events before the exposure")]
    for name in categories:
        settings = {**history, "name": cleaned(f"history_{name}", "history")}
        settings["shares"] = names[name]
        lines.append(Line(_with_column(settings, f"history_{name}")))
    lines.append(Line(_number("user_num_events", "user"), "of all types"))
    deeper = [name for own in events.deeper.values() for name in own]
    lines += [Line(_number(f"user_num_{name}", "user")) for name in deeper]
    since = {**_number("user_hours_since_event", "user"), "missing_flag": True}
    return [*lines, Line(since, "missing at a user's first event")]


def _of_earlier_days(events: LogEvents, categories: Sequence[str]) -> list[Line]:
    lines = [Line(_number("item_num_events", "item"), "on the days before")]
    for name in categories:
        lines.append(Line(_number(f"{name}_num_events", "item")))
        for task in events.deeper:
            rate = _number(f"{name}_{task}_rate", "item", "standard")
            lines.append(Line({**rate, "missing_flag": True}))
    return lines


def _attribute(draft: Draft, column: Column, side: str) -> Line | None:
    suggestion = suggest(column, {})
    if suggestion.settings is None:
        # It stays a column of the log, which others may be made of.
        draft.guesses.append(Guess(column.name, f"{side}, no feature", suggestion.why))
        return None
    settings = attribute(suggestion.settings, column.name, side)
    draft.guesses.append(
        Guess(column.name, f"{side} {settings['kind']}", suggestion.why)
    )
    return Line(settings, suggestion.why)


def _with_column(settings: dict[str, Any], column: str) -> dict[str, Any]:
    if settings["name"] == column:
        return settings
    return {**settings, "column": column}


def _column(line: Line) -> str:
    return line.settings.get("column", line.settings["name"])


def _count(line: Line, columns: Sequence[Column]) -> int:
    return next(c.num_distinct for c in columns if c.name == _column(line))


def _number(name: str, side: str, transform: str = "log") -> dict[str, Any]:
    settings: dict[str, Any] = {"kind": "numeric", "name": cleaned(name, "number")}
    settings["side"] = side
    if transform != "standard":
        settings["transform"] = transform
    return _with_column(settings, name)


def _categorical(name: str, side: str) -> dict[str, Any]:
    return {"kind": "categorical", "name": name, "side": side}


def _ordered(settings: dict[str, Any]) -> dict[str, Any]:
    first = {key: settings[key] for key in ("kind", "name", "side")}
    return {**first, **settings}
