"""Dotted paths of settings and their values, as far as the section classes tell."""

from typing import Any

from mtl_rec.cli.setting_values import usual_values
from mtl_rec.config.sections import kinds_of, names_of, of_kind, sections_at, value_at


def settings_like(incomplete: str, settings: Any) -> list[str]:
    """What `--set` may hold that begins like this.

    Args:
        incomplete: A path, or a path, `=` and the beginning of a value.
        settings: The config, whose lists have names and whose sections have kinds.

    Returns:
        Sections end in `.` and settings in `=`. The only one is followed further: a
        shell puts a blank after it.
    """
    path, equals, begin = incomplete.partition("=")
    if equals:
        values = usual_values(path.split("."), settings)
        return [f"{path}={value}" for value in values if value.startswith(begin)]
    *parents, last = path.split(".")
    prefix = "".join(f"{step}." for step in parents)
    found = [
        f"{prefix}{key}" for key in _keys(parents, settings) if key.startswith(last)
    ]
    if len(found) == 1:
        return settings_like(found[0], settings) or found
    return found


def _keys(path: list[str], settings: Any) -> list[str]:
    held = value_at(settings, path)
    if isinstance(held, list):
        return [f"{name}." for name in names_of(held) if isinstance(name, str)]
    sections = of_kind(sections_at(settings, path), held)
    names = dict.fromkeys(name for section in sections for name in section.model_fields)
    keys = []
    for name in names:
        inner = sections_at(settings, [*path, name])
        if not inner:
            keys.append(f"{name}=")
            continue
        keys.append(f"{name}.")
        if any(kinds_of(section) for section in inner) and not _is_list(held, name):
            keys.append(f"{name}.kind=")
    return keys


def _is_list(held: Any, name: str) -> bool:
    return isinstance(held, dict) and isinstance(held.get(name), list)
