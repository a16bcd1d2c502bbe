"""Takes back versions, so that a server returns to one before."""

from dataclasses import dataclass
from pathlib import Path

from mtl_rec.errors import ArtifactError
from mtl_rec.export.publishing import (
    WITHDRAWN,
    flush,
    rename_without_replacing,
    versions_in,
)
from mtl_rec.serving.server_files.models_config import Rollout, read_rollout
from mtl_rec.serving.server_files.writing import write_server_files
from mtl_rec.serving.versions import settling
from mtl_rec.serving.versions.labels import push_labels
from mtl_rec.serving.versions.locking import locked
from mtl_rec.serving.versions.model_directory import (
    require_model_directory,
    require_version,
)
from mtl_rec.serving.versions.settling import SETTLE_SECONDS


@dataclass(frozen=True)
class RolledBack:
    """What a rollback did.

    Attributes:
        newest: The version that is the newest now.
        withdrawn: Where the versions after it are kept, by number.
        rollout: What a server is told now.
    """

    newest: int
    withdrawn: dict[int, Path]
    rollout: Rollout


def roll_back(
    model_directory: Path,
    to: int | None = None,
    *,
    settle_seconds: float = SETTLE_SECONDS,
) -> RolledBack:
    """Withdraws the newest version, or all after one.

    Their labels move first, and a server gets time to follow. Then each is renamed to
    `.withdrawn-<number>`: no server sees it, its files stay, and its number is never
    given again. To bring one back, publish it as a new version.

    Args:
        model_directory: Holds the versions.
        to: The version that shall be the newest; not given, the one before the newest.
        settle_seconds: How long a server gets to load the version that labels move
            to, and then to move them. Without labels nothing waits.

    Raises:
        ArtifactError: There is no version to go back to.
    """
    directory = require_model_directory(model_directory)
    with locked(directory):
        newer, target = _newer_than(directory, to)
        rollout = _move_labels(directory, target, newer, settle_seconds)
        withdrawn = {}
        # The newest goes last: a server must not take one in between for the newest.
        for number, path in newer.items():
            withdrawn[number] = directory / f"{WITHDRAWN}{number}"
            rename_without_replacing(path, withdrawn[number])
            flush(directory)
        write_server_files(directory, rollout)
    return RolledBack(target, withdrawn, rollout)


def _newer_than(directory: Path, to: int | None) -> tuple[dict[int, Path], int]:
    """The versions after the one to go back to, and its number."""
    versions = versions_in(directory)
    before = [number for number in versions if number < max(versions)]
    if to is not None:
        require_version(directory, to)
        before = [number for number in before if number <= to]
    if not before or (to is not None and before[-1] != to):
        raise ArtifactError(
            f"'{directory}' has no version to go back to: there must be one before the "
            f"newest. Versions: {list(versions)}."
            + (f" Received: --to {to}." if to is not None else "")
        )
    target = before[-1]
    newer = {number: path for number, path in versions.items() if number > target}
    return newer, target


def _move_labels(
    directory: Path, target: int, newer: dict[int, Path], settle_seconds: float
) -> Rollout:
    rollout = read_rollout(directory)
    labels = {
        label: target if number in newer else number
        for label, number in rollout.labels.items()
    }
    if labels == rollout.labels:
        return Rollout(labels)
    rollout = push_labels(directory, labels, settle_seconds)
    settling.settle(settle_seconds)
    return rollout
