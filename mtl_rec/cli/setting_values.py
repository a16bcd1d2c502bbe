"""Values that a setting may be given: its words, or what it is now."""

from typing import Any

from mtl_rec.config.catalogue import allowed_values
from mtl_rec.config.sections import kinds_of, of_kind, sections_at, value_at


def usual_values(path: list[str], settings: Any) -> list[str]:
    """The words a setting may hold, else its present value or its default.

    Args:
        path: Of the setting.
        settings: The config.
    """
    *parents, last = path
    held = value_at(settings, parents)
    sections = sections_at(settings, parents)
    if last == "kind":
        return [kind for section in sections for kind in kinds_of(section)]
    fields = [
        section.model_fields[last]
        for section in of_kind(sections, held)
        if last in section.model_fields
    ]
    for field in fields:
        words = allowed_values(field.annotation).split(" | ")
        if len(words) > 1:
            return words
        now = held.get(last, field.default) if isinstance(held, dict) else field.default
        if isinstance(now, int | float | str):
            return [str(now)]
    return []
