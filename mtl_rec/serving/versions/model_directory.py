"""The directory of a model's versions: which are there, and which one is served."""

from collections.abc import Collection
from pathlib import Path

from mtl_rec.errors import ArtifactError
from mtl_rec.export.publishing import versions_in
from mtl_rec.serving.server_files.models_config import Rollout
from mtl_rec.serving.server_files.places import STABLE


def require_model_directory(model_directory: Path) -> Path:
    """Refuses what is no directory with a version.

    Raises:
        ArtifactError: There is none.
    """
    if not model_directory.is_dir() or not versions_in(model_directory):
        raise ArtifactError(
            f"'{model_directory}' must be a model's directory, with a version such as "
            f"'{model_directory}/1'. Publish one with `mtl-rec publish`."
        )
    return model_directory


def require_version(directory: Path, number: int) -> Path:
    """The version of this number.

    Raises:
        ArtifactError: It is not there.
    """
    versions = versions_in(directory)
    if number not in versions:
        raise ArtifactError(
            f"'{directory}' has no version {number}. Versions: {list(versions)}."
        )
    return versions[number]


def served_version(versions: Collection[int], rollout: Rollout) -> int | None:
    """The version that users get: the one labelled `stable`, else the newest.

    Args:
        versions: The numbers that are there.
        rollout: What a server is told.
    """
    stable = rollout.labels.get(STABLE)
    return stable if stable in versions else max(versions, default=None)
