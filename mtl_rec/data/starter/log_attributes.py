"""Which columns of a log describe the item, which the moment, and which are no use."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mtl_rec.config.log_columns import TAKEN
from mtl_rec.config.sampling import SAMPLING_COLUMNS
from mtl_rec.data.starter import names
from mtl_rec.data.starter.log_events import LogEvents
from mtl_rec.data.starter.names import has_word
from mtl_rec.data.starter.profile import Column
from mtl_rec.data.starter.roles import LogRoles
from mtl_rec.data.starter.sides import side_of

_MADE = ("hour", "weekday", "user_id", "item_id", "event_type", *TAKEN)
_MADE = (*_MADE, *SAMPLING_COLUMNS)
"""Names that columns made of a log have."""

_UNIQUE = 0.5
"""Distinct values for each row from which a column names rows or sessions."""


@dataclass
class Attributes:
    """The other columns of a log."""

    of_items: list[Column] = field(default_factory=list)
    of_moments: list[Column] = field(default_factory=list)
    ignored: dict[str, str] = field(default_factory=dict)
    """By name, why."""


def find_attributes(
    columns: Sequence[Column],
    roles: LogRoles,
    events: LogEvents,
    excluded: Sequence[str],
) -> Attributes:
    """Sorts the columns that have no role.

    Args:
        columns: All of the log.
        roles: Who did what with which item when.
        events: The log's types of events.
        excluded: Columns that the user leaves out.
    """
    found = Attributes()
    for column in columns:
        if column.name in roles.taken:
            continue
        reason = "--exclude" if column.name in excluded else None
        reason = reason or _useless(column) or _too_late(column, roles, events)
        if reason:
            found.ignored[column.name] = reason
        elif side_of(column, roles.user, roles.item)[0] == "item":
            found.of_items.append(column)
        else:
            found.of_moments.append(column)
    return found


def why_taken(column: Column) -> str | None:
    """Why a column can't be one of an exposure, by its name; None if it can."""
    if column.name in _MADE or not column.name.strip():
        return "its name is that of a column which is made of the log"
    return None


def _useless(column: Column) -> str | None:
    if column.kind == "nothing":
        return "no value in any row looked at"
    if column.kind in ("list", "nested"):
        return f"{column.values.type}: a log's columns hold single values"
    if column.kind == "time" or (column.time and has_word(column.name, names.TIME)):
        return "another time"
    if (taken := why_taken(column)) is not None:
        return taken
    if column.num_distinct == 1 and not column.values.null_count:
        return "the same on every row"
    if has_word(column.name, ("session",)):
        return "sessions are followed by time"
    if has_word(column.name, names.AMOUNT):
        return "by its name, what came of the event and was not known before"
    is_number = column.kind == "number" and not column.is_whole
    if column.distinct_share > _UNIQUE and not is_number and column.mean_words < 2:
        return "a different value on most rows"
    return None


def _too_late(column: Column, roles: LogRoles, events: LogEvents) -> str | None:
    """Whether only some events have it, as an order number is of purchases alone."""
    if not column.values.null_count:
        return None
    words = list(roles.event.column.counts)
    # What no item was met by is no exposure.
    codes = np.where(roles.item.column.codes >= 0, roles.event.column.codes, -1)
    is_known = column.values.is_valid().to_numpy(zero_copy_only=False)
    shares = {}
    for code in range(len(words)):
        rows = codes == code
        if rows.sum() >= 5:
            shares[code] = float(np.mean(is_known[rows]))
    if shares and min(shares.values()) < 0.01 and max(shares.values()) > 0.3:
        having = [words[code] for code, share in shares.items() if share > 0.3]
        return f"known only with {', '.join(having)}"
    return None
