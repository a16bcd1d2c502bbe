"""What was reached, row by row of the reliability table."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from reporting import Bar


class Figure(NamedTuple):
    """One figure.

    Attributes:
        row: Of the reliability table, `R14` for one.
        what: Is measured, with its unit.
        reached: The figure.
        limit: What it may be at most, or must be at least; None if it is only told.
        at_least: Whether more is better.
    """

    row: str
    what: str
    reached: float
    limit: float | None = None
    at_least: bool = False


def table_of(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """The figures as rows of a table."""
    return [
        {
            "row": figure.row,
            "what": figure.what,
            "reached": figure.reached,
            "bar": _bound(figure),
        }
        for figure in figures
    ]


def bars_of(figures: Sequence[Figure]) -> list[Bar]:
    """What must hold."""
    return [
        Bar(f"{f.row}: {f.what}", f.reached, f.limit, f.at_least)
        for f in figures
        if f.limit is not None
    ]


def _bound(figure: Figure) -> str:
    if figure.limit is None:
        return ""
    word = "at least" if figure.at_least else "at most"
    return f"{word} {figure.limit:g}"
