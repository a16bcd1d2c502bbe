"""`data.source` of a log, and why each setting is as it is."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mtl_rec.config.log_parts import EventColumns
from mtl_rec.data.starter.log_attributes import Attributes
from mtl_rec.data.starter.log_events import LogEvents
from mtl_rec.data.starter.log_times import Span
from mtl_rec.data.starter.roles import LogRoles
from mtl_rec.data.starter.side_tables import SideTableDraft
from mtl_rec.data.starter.wishes import What

PER_EXPOSURE = 4


def log_source(
    source: dict[str, Any],
    roles: LogRoles,
    attributes: Attributes,
    sides: Mapping[What, SideTableDraft],
    events: LogEvents,
    span: Span,
) -> tuple[dict[str, Any], dict[str, str]]:
    """The settings in the order in which one reads them, and comments by key.

    Args:
        source: Path and format.
        roles: Who did what with which item when.
        attributes: The other columns.
        sides: Tables beside the log.
        events: The types of events.
        span: The time the log is of.
    """
    settings: dict[str, Any] = {"kind": "events", **source}
    comments: dict[str, str] = {}
    usual = EventColumns().model_dump()
    named = {what: getattr(roles, what).name for what in usual}
    own = {what: name for what, name in named.items() if name != usual[what]}
    if own:
        settings["columns"] = own
    for key, columns in (
        ("item_columns", attributes.of_items),
        ("context_columns", attributes.of_moments),
    ):
        if columns:
            settings[key] = [column.name for column in columns]
    if attributes.ignored:
        settings["ignored_columns"] = list(attributes.ignored)
    settings |= {what: table.settings for what, table in sides.items()}
    settings["event_types"] = {word: kind.name for word, kind in events.types.items()}
    comments["event_types"] = ", ".join(
        f"{count:,} {word}" for word, count in events.counts.items()
    )
    settings |= _times(roles, span, comments)
    if events.opened_by:
        settings["opened_by"] = list(events.opened_by)
        comments["opened_by"] = "an exposure is an item that was shown"
    settings["window_hours"] = span.window_hours
    comments["window_hours"] = (
        f"how long to wait for labels; the log is of {_shown(span.hours)}"
    )
    settings["labels"] = events.labels({})
    if not events.opened_by:
        settings["negatives"] = {"kind": "uniform"}
        comments["negatives"] = (
            "items not touched, 4 for each exposure; say with candidates_per_exposure "
            "how many a user sees"
        )
    share = _unusable_share(roles)
    if share > 0.005:
        settings["max_rejected_fraction"] = round(min(1.0, 2 * share + 0.005), 3)
        comments["max_rejected_fraction"] = f"{share:.1%} of rows lack an id or a time"
    return settings, comments


def _times(roles: LogRoles, span: Span, comments: dict[str, str]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    sort = roles.time.column.time
    if sort is not None and sort.format:
        settings["time_format"] = sort.format
        is_ambiguous = sort.format.startswith(("%d/%m", "%m/%d"))
        comments["time_format"] = "check: day or month first?" if is_ambiguous else ""
    elif sort is not None and sort.unit not in (None, "s"):
        settings["time_unit"] = sort.unit
    for key, moment in (("starts", span.starts), ("ends", span.ends)):
        if moment is not None:
            settings[key] = moment.strftime("%Y-%m-%d")
            comments[key] = "a few events lie far beyond: a clock was wrong"
    return settings


def _unusable_share(roles: LogRoles) -> float:
    """Share of the rows without an id, an event or a time."""
    found = [role.column for role in (roles.user, roles.item, roles.event)]
    is_bad = np.zeros(len(found[0]), bool)
    for column in found:
        is_bad |= column.codes < 0
    if roles.time.column.time:
        is_bad |= ~np.isfinite(roles.time.column.time.seconds)
    return float(is_bad.mean())


def _shown(hours: float) -> str:
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.1f} hours"
