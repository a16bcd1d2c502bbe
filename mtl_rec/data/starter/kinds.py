"""What kind of feature a column is, and why."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.checks import RESERVED_NAMES
from mtl_rec.data.starter import names
from mtl_rec.data.starter.lists import list_kind
from mtl_rec.data.starter.names import cleaned, has_word, is_moment
from mtl_rec.data.starter.profile import Column

FEW = 12
"""Distinct whole numbers up to which they are taken for categories."""

MANY = 50_000
"""Distinct values from which a vocabulary leaves out the rare ones."""

_DECIMAL_COMMA = r"^[^\w]*-?\d{1,3}([. ]?\d{3})*,\d+[^\w]*$"
_MEASURES = (*names.COUNTED, *names.AMOUNT, *names.ITEM_TRAIT, *names.USER_TRAIT)

UNIQUE = 0.95
"""Distinct values for each row from which a column names rows, and teaches nothing."""


@dataclass(frozen=True)
class Suggestion:
    """The settings of a feature beside name and side.

    Attributes:
        settings: With its kind; None where the column is no feature.
        why: The reason.
    """

    settings: dict[str, Any] | None
    why: str


def suggest(column: Column, ids: Mapping[str, Column]) -> Suggestion:
    """The kind of feature that a column is.

    Args:
        column: The column.
        ids: By name of a feature, the columns of ids whose vocabularies a list may
            share.
    """
    if column.kind == "nothing":
        return Suggestion(None, "no value in any row looked at")
    if column.kind == "nested":
        return Suggestion(None, f"{column.values.type}: no feature can be made of it")
    as_list = list_kind(column, ids)
    if as_list is not None:
        return Suggestion(*as_list)
    if column.num_distinct == 1 and not column.values.null_count:
        return Suggestion(None, f"the same on every row: {column.values[0].as_py()}")
    if column.kind == "time":
        return Suggestion(None, "a time: make hours, weekdays or ages of it")
    if column.time is not None and has_word(column.name, names.TIME):
        return Suggestion(None, "a time: make hours, weekdays or ages of it")
    return _number(column) if column.kind == "number" else _text(column)


def attribute(settings: dict[str, Any], column: str, side: str) -> dict[str, Any]:
    """A feature of a log, or of a table beside one, with its name.

    Args:
        settings: From `suggest`.
        column: That it is read from.
        side: Whose it is.
    """
    name = cleaned(column, "column")
    name = f"{name}_value" if name in RESERVED_NAMES else name
    named = {"kind": settings["kind"], "name": name, "side": side, **settings}
    return named if name == column else {**named, "column": column}


def id_feature(column: Column) -> Suggestion:
    """The id of a user or an item."""
    count = column.num_distinct
    settings: dict[str, Any] = {"kind": "categorical", "min_count": 2}
    if count > 20 * MANY or (column.distinct_share > 0.9 and count > MANY):
        settings = {"kind": "hashed", "num_buckets": _round(4 * count)}
    return Suggestion(settings, f"{count:,} ids seen")


def _number(column: Column) -> Suggestion:
    count, numbers = column.num_distinct, column.known_numbers
    is_counted = has_word(column.name, names.COUNTED)
    is_code = has_word(column.name, names.CODE) or is_moment(column.name)
    is_code = (is_code and not is_counted) or _is_sparse_code(column)
    if column.is_whole and (is_code or (count <= FEW and not is_counted)):
        if column.distinct_share > UNIQUE and count > 100:
            return Suggestion(None, "a different value on nearly every row")
        why = f"{count:,} whole numbers" + (", a code" if is_code else "")
        why += "" if is_code else ": `numeric` if they count something"
        return Suggestion(_categorical(column), why)
    is_row_number = column.distinct_share > UNIQUE and len(numbers) > 100
    if column.is_whole and is_row_number and not has_word(column.name, _MEASURES):
        return Suggestion(None, "a different number on nearly every row: an id?")
    settings: dict[str, Any] = {"kind": "numeric"}
    low, middle, high = np.quantile(numbers, [0.0, 0.5, 0.99])
    why = f"{low:g} to {numbers.max():g}, middle {middle:g}"
    if low >= 0 and high > 10 * max(middle, numbers.mean() / 10, 1e-9):
        settings["transform"] = "log"
        why += ", a long tail"
    if column.missing_share > 0.005:
        settings["missing_flag"] = True
        why += f", {column.missing_share:.0%} missing"
    return Suggestion(settings, why)


def _is_sparse_code(column: Column) -> bool:
    """Whether numbers of a column without a name skip most numbers, as ids do."""
    numbers, count = column.known_numbers, column.num_distinct
    if not re.fullmatch(r"(column_)?\d+", column.name) or not column.is_whole:
        return False
    return count > FEW and numbers.min() > 0 and numbers.max() > 20 * count


def _text(column: Column) -> Suggestion:
    count = column.num_distinct
    if _is_decimal_comma(column):
        return Suggestion(None, "numbers with a comma: write 12.5 to have them read")
    if column.distinct_share > 0.05 and count > 20 and is_text(column):
        tokens = int(np.clip(_round(2 * column.mean_words), 8, 64))
        why = f"text of {column.mean_words:.0f} words on average"
        return Suggestion({"kind": "text", "max_tokens": tokens}, why)
    if column.distinct_share > UNIQUE and count > 100:
        return Suggestion(None, "a different text on nearly every row: an id?")
    if count > MANY and column.distinct_share > 0.5:
        settings = {"kind": "hashed", "num_buckets": _round(4 * count)}
        why = f"{count:,} values seen, most of them once or twice"
        return Suggestion(settings, why)
    return Suggestion(_categorical(column), f"{count:,} values")


def is_text(column: Column) -> bool:
    """Whether its values are words to be read."""
    return column.mean_words >= (1.5 if has_word(column.name, names.TEXT) else 2.5)


def _categorical(column: Column) -> dict[str, Any]:
    settings: dict[str, Any] = {"kind": "categorical"}
    if column.num_distinct > 200:
        settings["min_count"] = 5 if column.num_distinct > MANY else 2
    return settings


def _is_decimal_comma(column: Column) -> bool:
    some = pa.array(column.first_texts, pa.string())
    matches = pc.match_substring_regex(some, _DECIMAL_COMMA)
    return len(some) > 0 and pc.mean(matches).as_py() > 0.9


def _round(number: float) -> int:
    """Two digits are enough."""
    if number < 100:
        return round(number)
    digits = len(str(int(number))) - 2
    return round(number / 10**digits) * 10**digits
