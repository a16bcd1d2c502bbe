"""How a CSV is written: what separates its fields, and whether it has a header."""

import csv
import re
from collections import Counter

from mtl_rec.data.starter.profile import MISSING_WORDS
from mtl_rec.errors import SchemaError

SEPARATORS = (",", "\t", ";", "|", "\x01")
LOOKED_AT = 200
"""Lines."""

_VALUE = (
    r"[+-]?(\d+([.,]\d*)?|\.\d+)([eE][+-]?\d+)?%?$"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
)
"""A number, or the beginning of a date."""

_NAME = r"[^\W\d][\w .\-/()%#:']*"

Rows = list[list[str]]


def separator_and_quotes(
    lines: list[str], file: str, separator: str | None = None
) -> tuple[str, bool]:
    """The character between fields, and whether quotes hold fields together.

    Args:
        lines: The first ones.
        file: Its name, for errors.
        separator: Where it is known.

    Raises:
        SchemaError: No separator makes columns of the lines.
    """
    best, chosen = 0.0, None
    for tried in (separator,) if separator else SEPARATORS:
        steady, width, num_rows = _steadiness(lines, tried, quoted=True)
        bare = _steadiness(lines, tried, quoted=False)
        # Quotes that belong to the text, as in 5" pipe, swallow lines.
        quoted = steady > bare[0] or (steady == bare[0] and num_rows == bare[2])
        steady, width, _ = (steady, width, num_rows) if quoted else bare
        score = steady * (1 + 0.01 * width) if width > 1 else 0.0
        if score > best:
            best, chosen = score, (tried, quoted)
    if chosen is None:
        raise SchemaError(
            f"'{file}' must have columns separated by one of "
            f"{[s for s in SEPARATORS if s.isprintable() or s == chr(9)]}. Received: "
            f"'{lines[0][:80] if lines else ''}'."
        )
    return chosen


def _steadiness(
    lines: list[str], separator: str, quoted: bool
) -> tuple[float, int, int]:
    """Share of the rows with the usual number of fields, that number, and the rows."""
    widths = Counter(map(len, fields_of(lines, separator, quoted)))
    if not widths:
        return 0.0, 1, 0
    width, count = widths.most_common(1)[0]
    return count / widths.total(), width, widths.total()


def fields_of(lines: list[str], separator: str, quoted: bool) -> Rows:
    """The fields of lines, without lines that have none."""
    quoting = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    try:
        rows = list(csv.reader(lines, delimiter=separator, quoting=quoting))
    except csv.Error:
        return []
    return [row for row in rows if row]


def has_header(rows: Rows) -> bool:
    """Whether the first line names the columns."""
    first, rest = rows[0], rows[1:LOOKED_AT]
    named = [field.strip() for field in first]
    columns = [[row[i] for row in rest if len(row) > i] for i in range(len(first))]
    are_names = [re.fullmatch(_NAME, name) is not None for name in named]
    if any(
        is_name and name not in MISSING_WORDS and _are_values(column)
        for name, is_name, column in zip(named, are_names, columns, strict=True)
    ):
        # A word above numbers; others may be called by numbers, as in Ali-CCP.
        return True
    if len(set(named)) < len(named) or any(is_value(n) for n in named if n):
        return False
    repeated = sum(name in column for name, column in zip(named, columns, strict=True))
    all_names = all(
        is_name or not n for n, is_name in zip(named, are_names, strict=True)
    )
    return all_names and repeated <= len(named) / 5


def _are_values(column: list[str]) -> bool:
    known = [field for field in column if field.strip()]
    return len(known) > 0 and sum(map(is_value, known)) > 0.9 * len(known)


def is_value(text: str) -> bool:
    """Whether it is a number or a time, which no column is called."""
    return re.match(_VALUE, text.strip()) is not None
