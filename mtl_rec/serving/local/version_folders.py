"""Which versions a model's folder holds, and which of them are to be served."""

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mtl_rec.errors import ArtifactError

if TYPE_CHECKING:
    # Its package loads TensorFlow, which takes seconds.
    from tensorflow_serving.config.file_system_storage_path_source_pb2 import (
        FileSystemStoragePathSourceConfig,
    )

_logger = logging.getLogger(__name__)
_NUMBER = re.compile(r"\s*\+?([0-9]+)\s*")
_MAX_NUMBER = 2**63 - 1


def versions_in(model_directory: Path) -> dict[int, Path]:
    """Every child whose name is a number, as TensorFlow Serving reads numbers.

    Args:
        model_directory: The model's folder.
    """
    versions: dict[int, Path] = {}
    for child in sorted(model_directory.iterdir()):
        match = _NUMBER.fullmatch(child.name)
        if match is None or int(match[1]) > _MAX_NUMBER:
            continue
        number = int(match[1])
        if number in versions:
            _logger.warning(
                "'%s' and '%s' are both version %d; the first is ignored.",
                *(versions[number], child, number),
            )
        versions[number] = child
    return versions


def versions_to_serve(
    policy: "FileSystemStoragePathSourceConfig.ServableVersionPolicy",
    versions: Mapping[int, Path],
) -> dict[int, Path]:
    """The part of the versions that a policy wants.

    Args:
        policy: Of a model in `models.config`.
        versions: All there are.
    """
    match policy.WhichOneof("policy_choice"):
        case "all":
            numbers = sorted(versions)
        case "specific":
            numbers = [n for n in policy.specific.versions if n in versions]
        case _:
            numbers = sorted(versions)[-max(policy.latest.num_versions, 1) :]
    return {number: versions[number] for number in numbers}


def require_versions(model_name: str, model_directory: Path) -> dict[int, Path]:
    """The versions of a model that must have one.

    Args:
        model_name: For the error.
        model_directory: The model's folder.

    Raises:
        ArtifactError: There is no such folder, or no version in it.
    """
    if not model_directory.is_dir():
        raise ArtifactError(
            f"The folder of model '{model_name}' must exist. "
            f"Received: '{model_directory}'."
        )
    found = versions_in(model_directory)
    if not found:
        named = sorted(child.name for child in model_directory.iterdir())[:10]
        raise ArtifactError(
            f"'{model_directory}' must hold versions, folders named by a number. "
            f"Received: {', '.join(named) or 'an empty folder'}. Export one, or give "
            "the folder above the versions."
        )
    return found
