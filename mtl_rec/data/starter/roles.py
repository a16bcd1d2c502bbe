"""Which columns are the user, the item, the event and the time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from mtl_rec.data.starter import names
from mtl_rec.data.starter.dependence import determined_share
from mtl_rec.data.starter.names import has_word, words
from mtl_rec.data.starter.profile import Column
from mtl_rec.data.starter.time_values import MONTH_AND_DAY
from mtl_rec.data.starter.verbs import event_type
from mtl_rec.data.starter.wishes import Wishes
from mtl_rec.errors import SchemaError

MOST_EVENT_TYPES = 40

NARROW = 8
"""Columns up to which a file without names is taken for users, items and times."""


@dataclass(frozen=True)
class Role:
    """What a column is taken as, and why."""

    column: Column
    why: str

    @property
    def name(self) -> str:
        """Of the column."""
        return self.column.name


@dataclass
class Roles:
    """The columns that make an event; None where none was found."""

    user: Role | None = None
    item: Role | None = None
    event: Role | None = None
    time: Role | None = None
    columns: Mapping[str, Column] = field(default_factory=dict)

    @property
    def taken(self) -> set[str]:
        """Names of the columns that have a role."""
        found = (self.user, self.item, self.event, self.time)
        return {role.name for role in found if role}


@dataclass(frozen=True)
class LogRoles:
    """The columns that make an event, all of them there."""

    user: Role
    item: Role
    event: Role
    time: Role

    @property
    def taken(self) -> set[str]:
        """Their names."""
        return {r.name for r in (self.user, self.item, self.event, self.time)}

    @property
    def seconds(self) -> np.ndarray:
        """Times since 1970, NaN where there is none, `(rows,)`."""
        time = self.time.column.time
        return np.full(len(self.time.column), np.nan) if time is None else time.seconds


def require_log(roles: Roles) -> LogRoles:
    """The roles of a log.

    Raises:
        SchemaError: A column was not found, or the times are none.
    """
    user, item, event, time = roles.user, roles.item, roles.event, roles.time
    if user is None or item is None or event is None or time is None:
        found = {"user": user, "item": item, "event": event, "time": time}
        missing = [what for what, role in found.items() if role is None]
        options = " ".join(f"--{what} COLUMN" for what in missing)
        raise SchemaError(
            "A log must have columns of a user, an item, a type of event and a time. "
            f"Received: none that looks like: {', '.join(missing)}. Columns: "
            f"{list(roles.columns)}. Name it: {options}; or name what is to be "
            "predicted, if the rows are exposures: --label COLUMN."
        )
    sort = time.column.time
    if sort is None or sort.unit == "ns" or not np.isfinite(sort.seconds).any():
        raise SchemaError(
            "The time of a log must be a timestamp, text, or seconds, milliseconds or "
            f"microseconds since 1970. Received: column '{time.name}', such as "
            f"{time.column.values.drop_null()[0].as_py()!r}. Name another with --time "
            "COLUMN."
        )
    return LogRoles(user, item, event, time)


def find_roles(columns: Sequence[Column], wishes: Wishes, are_named: bool) -> Roles:
    """Guesses by names, and by values where names say nothing.

    Args:
        columns: Of the data.
        wishes: What the user says of them.
        are_named: Whether the names are the data's own.
    """
    named = {column.name: column for column in columns}
    roles = Roles(columns=named)
    for what in ("user", "item", "event", "time"):
        wished = getattr(wishes, what)
        if wished:
            setattr(roles, what, Role(named[wished], f"--{what}"))
    free = [c for c in columns if c.name not in {*wishes.labels, *wishes.excluded}]
    # What is sure by its values comes first: of the rest, less is left to choose from.
    for what, score in (
        ("event", _event_score),
        ("time", _time_score),
        ("user", _id_score(names.USER, names.USER_TRAIT)),
        ("item", _id_score(names.ITEM, names.ITEM_TRAIT)),
    ):
        if getattr(roles, what) is None:
            left = [column for column in free if column.name not in roles.taken]
            setattr(roles, what, _best(left, score))
    is_narrow = not are_named and roles.time and len(columns) <= NARROW
    if is_narrow or (roles.event and not (roles.user and roles.item)):
        _by_position(roles, [c for c in free if c.name not in roles.taken])
    return roles


Score = Callable[[Column], tuple[float, str]]


def _best(columns: Sequence[Column], score: Score) -> Role | None:
    scored = [(score(column), column) for column in columns]
    (points, why), column = max(
        scored, key=lambda entry: entry[0][0], default=((0.0, ""), None)
    )
    return Role(column, why) if column is not None and points >= 2 else None


def _event_score(column: Column) -> tuple[float, str]:
    if not column.is_id_like or not 1 <= column.num_distinct <= MOST_EVENT_TYPES:
        return 0.0, ""
    known = sum(count for w, count in column.counts.items() if event_type(w).is_known)
    share = known / max(1, column.num_known)
    points, why = 0.0, []
    if share >= 0.5 and (column.num_distinct > 1 or has_word(column.name, names.EVENT)):
        points += 2 + share
        why.append(f"holds {_few(column)}")
    if has_word(column.name, names.EVENT) and not column.is_flag:
        is_sure = has_word(column.name, set(names.EVENT) - {"type", "kind"})
        # A `type` may be of anything: its values must say that it is one of events.
        points += 2 if is_sure else 1
        why.append("by its name")
    return points, ", ".join(why)


def _time_score(column: Column) -> tuple[float, str]:
    by_name = has_word(column.name, names.TIME)
    is_vague = column.time is not None and column.time.format == MONTH_AND_DAY
    if column.time is not None and (by_name or not is_vague):
        written = column.time.format or column.time.unit or "ISO 8601"
        seconds = column.time.seconds[np.isfinite(column.time.seconds)]
        fineness = len(np.unique(seconds)) / max(1, len(seconds))
        is_sure = by_name or column.kind == "time"
        return (3 if is_sure else 2) + fineness + by_name, f"times, {written}"
    if by_name and column.kind == "number" and column.num_distinct > 20:
        is_count = has_word(column.name, names.COUNTED)
        return (0.0 if is_count else 2.0), "a number that grows, by its name"
    return 0.0, ""


def _id_score(owners: Sequence[str], traits: Sequence[str]) -> Score:
    def score(column: Column) -> tuple[float, str]:
        found = words(column.name)
        own = [word for word in found if word in owners]
        # `12.1700` in a CSV is text, whatever it looks like.
        is_text = pa.types.is_string(column.values.type) and "id" in found
        if not own or column.num_distinct < 2 or not (column.is_id_like or is_text):
            return 0.0, ""
        others = [w for w in found if w not in owners and w not in names.ID]
        points = 2.0 + 2.0 * any(word in names.ID for word in found) - len(others)
        # `user` says more than `device`, and many values more than few.
        points -= 0.02 * owners.index(own[0])
        points += 0.5 * (column.num_distinct > 50)
        points -= 3.0 * any(word in traits or word in names.COUNTED for word in others)
        # `sku` alone is an id; a flag is none.
        points -= 2.0 * (column.is_flag or column.time is not None)
        return points, "an id, by its name"

    return score


def _by_position(roles: Roles, left: Sequence[Column]) -> None:
    """Takes the first column with many values for the user, the next for the item."""
    many = [
        column
        for column in left
        if column.is_id_like
        and column.time is None
        and column.num_distinct > 20
        and column.distinct_share < 0.9
        and not has_word(column.name, (*names.COUNTED, *names.AMOUNT, "price"))
    ]
    # A category follows from the item; what follows from another column is no id.
    owners = [
        column
        for column in many
        if not any(
            other is not column
            and other.num_distinct > column.num_distinct
            and determined_share(column, other) > 0.98
            for other in many
        )
    ]
    why = "an id by its values and place: check"
    for what in ("user", "item"):
        if getattr(roles, what) is None and owners:
            setattr(roles, what, Role(owners.pop(0), why))


def _few(column: Column) -> str:
    shown = list(column.counts)[:4]
    return ", ".join(shown) + (", ..." if column.num_distinct > len(shown) else "")
