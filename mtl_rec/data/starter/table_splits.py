"""How a table may be split, the best way first."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mtl_rec.data.starter.profile import Column
from mtl_rec.data.starter.roles import Roles
from mtl_rec.data.times import read_times
from mtl_rec.errors import SchemaError

_PARTS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev", "eval"),
    "test": ("test", "testing", "holdout"),
}

Candidate = tuple[dict[str, Any], str]


def split_candidates(columns: Sequence[Column], roles: Roles) -> list[Candidate]:
    """`data.split` and its comment, for every way that the columns allow."""
    found = [by_part for column in columns if (by_part := _by_part(column))]
    if roles.time and _is_sortable(roles.time.column):
        why = "the newest rows test: as it will be used"
        found.append(({"kind": "time", "column": roles.time.name}, why))
    if roles.user and not roles.user.column.values.null_count:
        why = "a user's rows are all in one part"
        if not roles.time:
            why += "; by time is better, where there is a time"
        elif not found:
            why += (
                f": {roles.time.name} is not on every row, or not ISO 8601 or a number"
            )
        found.append(({"kind": "user", "column": roles.user.name}, why))
    found.append(({"kind": "random"}, "no time and no user to split by"))
    return found


def _by_part(column: Column) -> Candidate | None:
    """Where a column says which part a row is of."""
    if column.kind != "text" or column.num_distinct != len(_PARTS):
        return None
    words = {
        part: next((v for v in column.counts if v.lower() in known), None)
        for part, known in _PARTS.items()
    }
    if None in words.values() or column.values.null_count:
        return None
    named = {part: word for part, word in words.items() if word != part}
    return {"kind": "column", "column": column.name, **named}, "as the data says"


def _is_sortable(column: Column) -> bool:
    """Whether every row has a time that a split can compare."""
    if column.time and column.time.format and column.kind != "number":
        return False
    try:
        _, times = read_times(column.values, column.name)
    except SchemaError:
        return False
    return bool(np.isfinite(times).all()) and len(np.unique(times)) >= 10
