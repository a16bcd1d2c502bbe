"""Removes old versions, so that a disk does not fill up."""

import re
import shutil
from pathlib import Path

from mtl_rec.errors import ArtifactError
from mtl_rec.export.publishing import WITHDRAWN, flush, versions_in
from mtl_rec.serving.server_files.models_config import Rollout

_REMOVED = ".removed-"
_LEFTOVER = re.compile(rf"{re.escape(_REMOVED)}[0-9]+")


def require_keep(keep: int | None) -> None:
    """Refuses to keep no version at all."""
    if keep is not None and keep < 1:
        raise ArtifactError(
            f"At least 1 version must be kept, the newest. Received: {keep}."
        )


def remove_old_versions(directory: Path, keep: int, rollout: Rollout) -> list[int]:
    """Removes all but the newest versions; the caller holds the lock.

    Versions that a server is told to load stay, and so does the newest. What was
    withdrawn stays as long as the versions around it. Each is renamed to a name that
    no server sees before its first file goes.

    Args:
        directory: Holds the versions.
        keep: How many to keep.
        rollout: What a server is told.

    Returns:
        The numbers that a server could see, and no longer can.
    """
    for leftover in directory.iterdir():
        if _LEFTOVER.fullmatch(leftover.name):
            shutil.rmtree(leftover)
    versions = versions_in(directory)
    kept = {*list(versions)[-keep:], *rollout.loaded}
    removed = [number for number in versions if number not in kept]
    for number in removed:
        _remove(versions[number], number)
    oldest = min(kept & versions.keys())
    for number, path in versions_in(directory, WITHDRAWN).items():
        if number < oldest:
            _remove(path, number)
    return removed


def _remove(path: Path, number: int) -> None:
    hidden = path.with_name(f"{_REMOVED}{number}")
    path.rename(hidden)
    flush(path.parent)
    shutil.rmtree(hidden)
