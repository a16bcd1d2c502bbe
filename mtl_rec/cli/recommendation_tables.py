"""A list for one user as tables in the terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.table import Table

from mtl_rec.cli.display import is_conditional

if TYPE_CHECKING:
    from mtl_rec.retrieval.recommending.merging import Origin
    from mtl_rec.retrieval.recommending.recommended import (
        RecommendedItem,
        RecommendedList,
    )

_SHOWN_OF_A_RULE = 5


def recommendation_tables(
    made: "RecommendedList", kept: Sequence[Mapping[str, Any]], explain: bool
) -> list[RenderableType]:
    """The list, and, to explain it, what was left out and what took how long.

    Args:
        made: The list.
        kept: By item, features to show beside.
        explain: Whether to tell how it came about.
    """
    if not made.items:
        shown: list[RenderableType] = ["No item is left to show."]
    else:
        shown = [_items_table(made.items, kept, explain)]
    if not explain:
        return shown
    if made.removed:
        shown += ["", _removed_table(made)]
    brought = ", ".join(f"{name} {count}" for name, count in made.candidates.items())
    took = ", ".join(f"{n} {own:.1f}" for n, own in made.milliseconds.items())
    return [
        *shown,
        "",
        f"{made.ranked} candidates: {brought}",
        f"milliseconds: {took}",
    ]


def _items_table(
    items: Sequence["RecommendedItem"],
    kept: Sequence[Mapping[str, Any]],
    explain: bool,
) -> Table:
    names = [n for n in items[0].probabilities if not is_conditional(n)]
    table = _table()
    table.add_column("", justify="right")
    for heading in ("item_id", *kept[0]):
        table.add_column(heading)
    for heading in ("score", *names):
        table.add_column(heading, justify="right")
    if explain:
        table.add_column("ranked", justify="right")
    table.add_column("from")
    for item, features in zip(items, kept, strict=True):
        numbers = [item.score, *(item.probabilities[name] for name in names)]
        table.add_row(
            str(item.place),
            item.item_id,
            *(_cell(value) for value in features.values()),
            *(f"{number:.5f}" for number in numbers),
            *([str(item.place_before_rules)] if explain else []),
            _origins(item.origins, explain),
        )
    return table


def _removed_table(made: "RecommendedList") -> Table:
    """A row for each rule."""
    by_rule: dict[str, list[str]] = {}
    for item in made.removed:
        place = item.place_before_rules
        ranked = "" if place is None else f" (ranked {place})"
        by_rule.setdefault(item.rule, []).append(f"{item.item_id}{ranked}")
    table = _table()
    table.add_column("rule")
    table.add_column("left out", justify="right")
    table.add_column("such as")
    for rule, items in by_rule.items():
        table.add_row(rule, str(len(items)), ", ".join(items[:_SHOWN_OF_A_RULE]))
    return table


def _origins(origins: Sequence["Origin"], explain: bool) -> str:
    if explain:
        return ", ".join(f"{o.source} {o.place} ({o.score:.3g})" for o in origins)
    others = len(origins) - 1
    return f"{origins[0].source} +{others}" if others else origins[0].source


def _table() -> Table:
    return Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)


def _cell(value: Any) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)
