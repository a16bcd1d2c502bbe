"""`--set a.b=c`: change settings before they are validated."""

from collections.abc import Sequence
from typing import Any

from mtl_rec.config.checks import suggestion
from mtl_rec.config.sections import names_of, of_kind, position_of, sections_at
from mtl_rec.config.wording import shown
from mtl_rec.config.yaml_text import parse
from mtl_rec.errors import ConfigError


def apply_overrides(settings: dict[str, Any], overrides: Sequence[str]) -> None:
    """Writes each `dotted.path=value` into `settings`, in place.

    Those of a `kind` come first: what belongs to the new kind can then be set, and
    what belongs to the old one is refused, in any order.

    Raises:
        ConfigError: An override has no `=`, or its path leads nowhere.
    """
    parsed = [(*_parsed(override), override) for override in overrides]
    for keys, value, override in sorted(
        parsed, key=lambda entry: entry[0][-1] != "kind"
    ):
        *parents, last = keys
        section: Any = settings
        for depth in range(len(parents)):
            section = _entered(section, parents[: depth + 1], override)
        if last == "kind" and isinstance(section, dict) and section.get(last) != value:
            _keep_settings_of_kind(settings, parents, section, value)
        _write(section, keys, value, override)


def _parsed(override: str) -> tuple[list[str], Any]:
    path, separator, text = override.partition("=")
    keys = [key.strip() for key in path.split(".")]
    if not separator or not all(keys):
        raise ConfigError(
            f"`--set` must be `path.to.setting=value`. Received: '{override}'."
        )
    return keys, parse(text, f"The value of `--set {override}`")


def _entered(section: Any, path: list[str], override: str) -> Any:
    if isinstance(section, list):
        return section[_position(section, path, override)]
    _require_section(section, path, override)
    if section.get(path[-1]) is None:
        # A section left out of the file has defaults; it appears here with the first
        # of its settings that is given.
        section[path[-1]] = {}
    return section[path[-1]]


def _write(section: Any, path: list[str], value: Any, override: str) -> None:
    if isinstance(section, list):
        section[_position(section, path, override)] = value
    else:
        _require_section(section, path, override)
        section[path[-1]] = value


def _position(items: list[Any], path: list[str], override: str) -> int:
    position = position_of(path[-1], items)
    if position is None:
        names = [name for name in names_of(items) if isinstance(name, str)]
        has = f"Items: {names}." if names else f"It has {len(items)}."
        raise ConfigError(
            f"`--set {override}`: '{'.'.join(path)}' is no item of the list. {has}"
            + suggestion(path[-1], names)
        )
    return position


def _require_section(section: Any, path: list[str], override: str) -> None:
    if not isinstance(section, dict):
        raise ConfigError(
            f"`--set {override}`: '{'.'.join(path[:-1])}' must hold settings by name. "
            f"Received: {shown(section)}."
        )


def _keep_settings_of_kind(
    settings: dict[str, Any], path: list[str], section: dict[str, Any], kind: Any
) -> None:
    """Drops what the new kind does not have; an unknown kind is reported later."""
    for candidate in of_kind(sections_at(settings, path), {"kind": kind}):
        for name in set(section) - set(candidate.model_fields):
            del section[name]
