"""Everything that a config can name, as the section classes have it."""

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from inspect import cleandoc
from types import UnionType
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mtl_rec.config.run import RunConfig
from mtl_rec.config.sections import SectionClass, kinds_of

SECTIONS = "sections"
"""The group of sections that there is one kind of."""

_BY_OWNER = {"encoder"}
"""Keys whose kinds depend on the kind of the section that has the key."""


@dataclass(frozen=True)
class Setting:
    """One key of a section.

    Attributes:
        name: The key.
        allowed: What it may hold, in words.
        default: What it is where it is not given; `required` if it must be.
        meaning: From the class, empty where its name says it.
    """

    name: str
    allowed: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Entry:
    """One thing that a config can name.

    Attributes:
        name: Its `kind`, or the path of a section without one.
        purpose: What it is for, in a line.
        settings: Its keys.
    """

    name: str
    purpose: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True)
class Group:
    """Things of which a config names one at some place.

    Attributes:
        name: In the plural: architectures.
        path: Where a config has one; a list's items are under `[]`.
        entries: By name.
    """

    name: str
    path: str
    entries: dict[str, Entry]


def catalogue() -> dict[str, Group]:
    """All groups by name, in the order in which a config has them."""
    groups: dict[str, Group] = {}
    sections: dict[str, Entry] = {}
    for path, owner, section in _sections((), "", RunConfig):
        kinds = kinds_of(section)
        if not kinds:
            name = ".".join(path) or "run"
            sections.setdefault(name, _entry(name, section))
            continue
        name = _plural(path[-1].removesuffix("[]"))
        if path[-1] in _BY_OWNER:
            name = f"{owner}_{name}"
        elif name in groups and groups[name].path != ".".join(path):
            # `retrieval.architecture` beside `model.architecture`.
            name = _plural(path[-2])
        if name not in groups and _is_part_of_another(kinds, groups):
            continue
        group = groups.setdefault(name, Group(name, ".".join(path), {}))
        for kind in kinds:
            group.entries.setdefault(kind, _entry(kind, section))
    return {**groups, SECTIONS: Group(SECTIONS, "under their own names", sections)}


def _sections(
    path: tuple[str, ...], owner: str, section: SectionClass
) -> Iterator[tuple[tuple[str, ...], str, SectionClass]]:
    """A section and those below it, each with its path and the kind of what has it."""
    yield path, owner, section
    kind = next(iter(kinds_of(section)), "")
    for name, field in section.model_fields.items():
        for suffix, inner in _inner_sections(field.annotation):
            yield from _sections((*path, name + suffix), kind, inner)


def _inner_sections(annotation: Any) -> Iterator[tuple[str, SectionClass]]:
    """The sections in a field's type, with `[]` if it holds several."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield "", annotation
        return
    is_list = typing.get_origin(annotation) in (tuple, list, dict)
    for part in typing.get_args(annotation):
        for suffix, inner in _inner_sections(part):
            yield "[]" if is_list else suffix, inner


def _is_part_of_another(kinds: tuple[str, ...], groups: dict[str, Group]) -> bool:
    """Whether these were met before: the tables' optimizers are optimizers."""
    return any(set(kinds) <= set(group.entries) for group in groups.values())


def _plural(name: str) -> str:
    if name.endswith("x"):
        return f"{name}es"
    return name if name.endswith("s") else f"{name}s"


def _entry(name: str, section: SectionClass) -> Entry:
    settings = tuple(
        Setting(key, allowed_values(field.annotation), _default(field), _meaning(field))
        for key, field in section.model_fields.items()
        if key != "kind"
    )
    return Entry(name, first_paragraph(section.__doc__), settings)


def allowed_values(annotation: Any) -> str:
    """What a key may hold, in words."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return allowed_values(parts[0])
    if origin is Literal:
        return " | ".join(map(str, parts))
    if origin in (typing.Union, UnionType):
        kinds = [allowed_values(part) for part in parts if part is not type(None)]
        return " | ".join(dict.fromkeys(kinds))
    if origin in (tuple, list):
        return f"list of {allowed_values(parts[0])}"
    if origin is dict:
        return f"{allowed_values(parts[1])} by name"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return " | ".join(kinds_of(annotation)) or "settings"
    return _WORDS.get(annotation, getattr(annotation, "__name__", str(annotation)))


_WORDS = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true | false",
    datetime: "time",
}


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    match value:
        case BaseModel():
            kind = getattr(value, "kind", None)
            return kind or "its defaults"
        case None | () | {}:
            return "none"
        case bool():
            return str(value).lower()
        case tuple():
            return f"[{', '.join(map(str, value))}]"
        case _:
            return str(value)


def _meaning(field: FieldInfo) -> str:
    if field.description:
        return " ".join(field.description.split())
    sections = [inner for _, inner in _inner_sections(field.annotation)]
    return first_paragraph(sections[0].__doc__) if len(sections) == 1 else ""


def first_paragraph(text: str | None) -> str:
    """A docstring's first paragraph in one line."""
    return " ".join(cleandoc(text or "").partition("\n\n")[0].split())
