"""Writes the server files of a model whose versions were put there by `export`."""

from pathlib import Path

from mtl_rec.serving.server_files.models_config import read_rollout
from mtl_rec.serving.server_files.writing import write_server_files
from mtl_rec.serving.versions.locking import locked
from mtl_rec.serving.versions.model_directory import require_model_directory


def refresh_server_files(model_directory: Path) -> Path:
    """Writes what `publish_version` writes beside a version; labels stay.

    Args:
        model_directory: Holds the versions.

    Returns:
        The folder of the files.

    Raises:
        ArtifactError: There is no version, or `models.config` is damaged.
    """
    directory = require_model_directory(model_directory)
    with locked(directory):
        return write_server_files(directory, read_rollout(directory))
