"""Read a run's YAML file; report every problem at once, with its path."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mtl_rec.config.overrides import apply_overrides
from mtl_rec.config.problems import describe
from mtl_rec.config.run import RunConfig
from mtl_rec.config.wording import shown
from mtl_rec.config.yaml_text import parse, render
from mtl_rec.errors import ArtifactError, ConfigError


def load_config(
    path: str | os.PathLike[str], overrides: Sequence[str] = ()
) -> RunConfig:
    """Reads and validates a run's YAML file.

    Args:
        path: The YAML file.
        overrides: Settings that replace the file's, each `dotted.path=value` with the
            value in YAML. A list item is named by its position, or by its `name`
            (`features.price.transform=log`). Setting a `kind` keeps the settings that
            the new kind also has.

    Raises:
        ArtifactError: The file can't be read.
        ConfigError: The file or an override is wrong; every problem is listed.
    """
    source = f"'{path}'"
    settings = parse(_read(Path(path)), source)
    if not isinstance(settings, dict):
        raise ConfigError(
            f"{source} must hold settings by name (`name: ...`). "
            f"Received: {shown(settings)}."
        )
    apply_overrides(settings, overrides)
    return validated_config(settings, f"{source} with `--set`" if overrides else source)


def dump_config(config: RunConfig) -> str:
    """The config as YAML with every default written out."""
    return render(config.model_dump(mode="json"))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ArtifactError(
            f"The config '{path}' can't be read: {error.strerror}."
        ) from error
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise ConfigError(
            f"'{path}' must be UTF-8 text. "
            f"Received: byte 0x{byte:02x} at position {error.start}."
        ) from error


def validated_config(settings: dict[str, Any], source: str) -> RunConfig:
    """A config from settings that were read or changed.

    Args:
        settings: By name, as in YAML.
        source: Where they are from, for errors.

    Raises:
        ConfigError: They are wrong; every problem is listed.
    """
    try:
        # As JSON, since only there a list may be strictly a tuple. Strictly: `true`
        # is no 1, and '512' no 512.
        return RunConfig.model_validate_json(json.dumps(settings), strict=True)
    except ValidationError as error:
        lines = describe(error, settings)
        count = f"{len(lines)} problem{'s' if len(lines) > 1 else ''}"
        raise ConfigError(
            "\n".join([f"{source} has {count}:", *(f"  {line}" for line in lines)])
        ) from error
