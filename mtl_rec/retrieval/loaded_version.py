"""An exported version, loaded into this process."""

from pathlib import Path
from typing import Any

import tensorflow as tf

from mtl_rec.config.served_names import SCHEMA_FILE
from mtl_rec.errors import ArtifactError
from mtl_rec.schema.schema import Schema


def load_version(version: Path) -> Any:
    """A SavedModel with its `signatures`.

    Their variables live as long as this object does.

    Raises:
        ArtifactError: A file of it is missing or damaged.
    """
    try:
        return tf.saved_model.load(str(version))
    except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
        raise _damaged(version, error) from error


def read_schema(version: Path) -> Schema:
    """The schema of the model that was exported.

    Raises:
        ArtifactError: Its file is missing or damaged.
    """
    try:
        text = (version / SCHEMA_FILE).read_text(encoding="utf-8")
        return Schema.from_json(text)
    except (OSError, ValueError, KeyError) as error:
        raise _damaged(version, error) from error


def _damaged(version: Path, error: Exception) -> ArtifactError:
    return ArtifactError(
        f"'{version}' can't be loaded: {error}. Name an exported version, or export "
        "it again."
    )
