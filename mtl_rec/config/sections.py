"""Which section classes stand at a YAML path."""

import typing
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from mtl_rec.config.run import RunConfig

SectionClass = type[BaseModel]


def sections_at(settings: Any, path: Sequence[str]) -> list[SectionClass]:
    """The section classes that the settings at `path` may belong to.

    On the way there, a stated `kind` decides between classes.
    """
    candidates: list[SectionClass] = [RunConfig]
    value = settings
    for step in path:
        candidates = of_kind(candidates, value)
        if not isinstance(value, list):
            candidates = [
                section
                for candidate in candidates
                if step in candidate.model_fields
                for section in _classes_in(candidate.model_fields[step].annotation)
            ]
        value = child(value, step)
    return candidates


def of_kind(candidates: Sequence[SectionClass], value: Any) -> list[SectionClass]:
    """The candidates whose `kind` is the value's; all of them if it has none."""
    if not isinstance(value, dict) or "kind" not in value:
        return list(candidates)
    return [c for c in candidates if value["kind"] in kinds_of(c)]


def kinds_of(section: SectionClass) -> tuple[str, ...]:
    """The values that a section's `kind` may have."""
    field = section.model_fields.get("kind")
    return typing.get_args(field.annotation) if field else ()


def value_at(settings: Any, path: Sequence[str]) -> Any:
    """What the settings hold at a path; None where it leads nowhere."""
    for step in path:
        settings = child(settings, step)
    return settings


def child(value: Any, step: str) -> Any:
    """A setting by its name, or a list's item; None if there is none."""
    if isinstance(value, dict):
        return value.get(step)
    position = position_of(step, value) if isinstance(value, list) else None
    return None if position is None else value[position]


def position_of(step: str, items: Sequence[Any]) -> int | None:
    """Where a list has the item that is called `step`, or has this position."""
    if step.isdecimal():
        return int(step) if int(step) < len(items) else None
    names = names_of(items)
    return names.index(step) if step in names else None


def names_of(items: Sequence[Any]) -> list[Any]:
    """The `name` of each item, None where it has none."""
    return [item.get("name") if isinstance(item, dict) else None for item in items]


def _classes_in(annotation: Any) -> list[SectionClass]:
    """All section classes named anywhere inside a type annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [s for part in typing.get_args(annotation) for s in _classes_in(part)]
