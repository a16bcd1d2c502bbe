"""Declared features and tasks while they are checked, and what is wrong with them."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from mtl_rec.config.features import Feature
from mtl_rec.config.tasks import Task

Problem = tuple[str, str]
"""A YAML path, and what is wrong there."""

Item = TypeVar("Item", Feature, Task)

Declared = Sequence[Item | str | None]
"""Items in order. One that is wrong itself stands as its name, if it has one."""


class ProblemList(ValueError):
    """Several problems with the YAML path of each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{path}: {text}" for path, text in problems))
        self.problems = list(problems)


def refuse(problems: Sequence[Problem]) -> None:
    """Raises what was found, if anything was."""
    if problems:
        raise ProblemList(problems)


def with_paths(path: str, items: Declared[Item]) -> list[tuple[str, Item]]:
    """The items that are right, each with its path."""
    return [
        (f"{path}.{index}", item)
        for index, item in enumerate(items)
        if item is not None and not isinstance(item, str)
    ]


def by_name(items: Declared[Item]) -> dict[str, Item | None]:
    """The items that have a name, None for those that are wrong themselves."""
    named: dict[str, Item | None] = {}
    for item in items:
        if isinstance(item, str):
            named[item] = None
        elif item is not None:
            named[item.name] = item
    return named


def is_unsure(items: Declared[Item]) -> bool:
    """Whether an item's name is not known, so that any name may be its."""
    return any(item is None for item in items)


def repeated_names(path: str, items: Declared[Item]) -> list[Problem]:
    """Names that several items have."""
    names = [item if isinstance(item, str) else item.name for item in items if item]
    return [
        (path, f"must have different names. Received: '{name}' {count} times.")
        for name, count in Counter(names).items()
        if count > 1
    ]
