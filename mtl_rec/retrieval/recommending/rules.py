"""Which items may be in a list, and how many with the same value."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mtl_rec.config.recommendation import Cap, Require, Rule
from mtl_rec.retrieval.recommending.item_columns import ItemColumns


@dataclass(frozen=True)
class Capped:
    """A cap with the values that it counts.

    Attributes:
        rule: What the config says.
        values: Texts by item; "" where none is known, which is not counted.
    """

    rule: Cap
    values: Sequence[str]


@dataclass(frozen=True)
class Rules:
    """All rules, ready for lists.

    Attributes:
        broken: `(items,)`, the number of the first requirement that an item does not
            meet, -1 where it meets them all.
        requirements: The requirements, by that number.
        caps: The caps.
    """

    broken: np.ndarray
    requirements: tuple[Require, ...]
    caps: tuple[Capped, ...]

    def may_be_shown(self, items: np.ndarray) -> np.ndarray:
        """Whether each of some items meets every requirement."""
        return self.broken[items] < 0

    def requirement_of(self, item: int) -> Require:
        """The requirement that an item does not meet."""
        return self.requirements[self.broken[item]]


@dataclass(frozen=True)
class Selection:
    """What caps leave of a ranked list.

    Attributes:
        places: Positions in the list that are shown, in order.
        skipped: By position that is not, the rule that left it out.
    """

    places: list[int]
    skipped: dict[int, Cap]


def open_rules(rules: Sequence[Rule], columns: ItemColumns) -> Rules:
    """Applies the requirements to every item once, as they ask nothing of the user.

    Raises:
        ConfigError: A rule names a column that items do not have.
        SchemaError: The column holds something else than the rule compares.
    """
    requirements, caps = [], []
    broken = np.full(len(columns), -1)
    for index, rule in enumerate(rules):
        path = f"recommendation.rules.{index}.column"
        match rule:
            case Require():
                is_broken = ~meets(rule, columns, path)
                broken[is_broken & (broken < 0)] = len(requirements)
                requirements.append(rule)
            case Cap():
                caps.append(Capped(rule, columns.texts(rule.column, path)))
    return Rules(broken, tuple(requirements), tuple(caps))


def select(ranked: Sequence[int], caps: Sequence[Capped], length: int) -> Selection:
    """The best of a ranked list that keep to every cap.

    An item that would be one too many is left out, and the next takes its place.

    Args:
        ranked: Positions of items in the catalogue, the best first.
        caps: What to keep to.
        length: Items to show at most.
    """
    counts: list[dict[str, int]] = [{} for _ in caps]
    places: list[int] = []
    skipped: dict[int, Cap] = {}
    for place, item in enumerate(ranked):
        if len(places) == length:
            break
        values = [cap.values[item] for cap in caps]
        full = [
            cap.rule
            for cap, value, seen in zip(caps, values, counts, strict=True)
            if value and seen.get(value, 0) == cap.rule.at_most
        ]
        if full:
            skipped[place] = full[0]
            continue
        places.append(place)
        for value, seen in zip(values, counts, strict=True):
            seen[value] = seen.get(value, 0) + 1
    return Selection(places, skipped)


def meets(rule: Require, columns: ItemColumns, path: str) -> np.ndarray:
    """Which items meet a requirement, `(items,)`.

    Args:
        rule: The requirement.
        columns: Of the items.
        path: Of the setting that names the column, for errors.

    Raises:
        ConfigError: Items do not have the column.
        SchemaError: It holds something else than the rule compares.
    """
    if rule.one_of:
        allowed = frozenset(rule.one_of)
        return np.array([v in allowed for v in columns.texts(rule.column, path)], bool)
    numbers = columns.numbers(rule.column, path)
    # What is missing is NaN, which no comparison holds for.
    low = -np.inf if rule.at_least is None else rule.at_least
    high = np.inf if rule.at_most is None else rule.at_most
    return (numbers >= low) & (numbers <= high)
