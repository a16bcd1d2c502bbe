"""Puts a version that passes a check where a server finds it, with its label."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mtl_rec.errors import ArtifactError
from mtl_rec.export.publishing import publish, versions_in
from mtl_rec.serving.server_files.models_config import Rollout, read_rollout
from mtl_rec.serving.server_files.places import STABLE
from mtl_rec.serving.server_files.writing import model_name, write_server_files
from mtl_rec.serving.versions import settling
from mtl_rec.serving.versions.labels import push_labels, require_label
from mtl_rec.serving.versions.locking import locked
from mtl_rec.serving.versions.model_directory import require_version, served_version
from mtl_rec.serving.versions.retention import remove_old_versions, require_keep
from mtl_rec.serving.versions.settling import SETTLE_SECONDS

if TYPE_CHECKING:
    from mtl_rec.export.climbing import RungResult
    from mtl_rec.serving.versions.gate import GateReport

Check = Callable[[Path, tuple[int, Path] | None], "Checked"]
"""Raises if a version must not take the place of the served one (number and path)."""


@dataclass(frozen=True)
class Checked:
    """What was proved of a version before it was published."""

    rungs: "list[RungResult]"
    gate: "GateReport"


@dataclass(frozen=True)
class PublishedVersion:
    """A version that a server can find.

    Attributes:
        path: `<model directory>/<number>`.
        checked: What was proved of it.
        rollout: What a server is told now.
        removed: Numbers of old versions that were removed.
    """

    path: Path
    checked: Checked
    rollout: Rollout
    removed: list[int] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Its number."""
        return int(self.path.name)


def publish_checked(
    version_directory: Path,
    model_directory: Path,
    check: Check,
    *,
    label: str | None = None,
    keep: int | None = None,
    settle_seconds: float = SETTLE_SECONDS,
) -> PublishedVersion:
    """What `publish_version` does, with a check of one's own.

    Args:
        version_directory: What is copied, or labelled if it is in the model's
            directory already.
        model_directory: Holds the versions that a server watches; made if missing.
        check: Called with the copy, and number and directory of the served version.
        label: For the new version.
        keep: How many of the newest versions to keep.
        settle_seconds: How long a server gets to load the version before a label
            moves to it.

    Raises:
        ArtifactError: There is no such version, or an argument is wrong.
    """
    model_name(model_directory)
    require_keep(keep)
    if label is not None:
        require_label(label)
    if not (version_directory / "saved_model.pb").is_file():
        raise ArtifactError(
            f"'{version_directory}' must be an exported version, with a "
            "saved_model.pb, such as saved_models/<name>/<number>."
        )

    def check_and_pin(folder: Path) -> Checked:
        served = _served(model_directory, besides=folder)
        checked = check(folder, served)
        if label not in (None, STABLE) and served is not None:
            _pin(model_directory, served[0], settle_seconds)
        return checked

    if _is_in(version_directory, model_directory):
        path = version_directory.resolve()
        checked = check_and_pin(path)
    else:
        path, checked = publish(
            lambda folder: _copy(version_directory, folder),
            check_and_pin,
            model_directory,
        )
    with locked(model_directory):
        rollout = read_rollout(model_directory)
        if label is not None:
            require_version(model_directory, int(path.name))
            number = int(path.name)
            # The first version of all is what users get, whatever else it is called.
            labels = {STABLE: number, **rollout.labels, label: number}
            rollout = push_labels(model_directory, labels, settle_seconds)
        removed = []
        if keep is not None:
            removed = remove_old_versions(model_directory, keep, rollout)
        write_server_files(model_directory, rollout)
    return PublishedVersion(path, checked, rollout, removed)


def _served(model_directory: Path, besides: Path) -> tuple[int, Path] | None:
    """Number and directory of the version that users get, if it is another one."""
    if not model_directory.is_dir():
        return None
    versions = versions_in(model_directory)
    versions = {n: path for n, path in versions.items() if path.name != besides.name}
    number = served_version(versions, read_rollout(model_directory))
    return None if number is None else (number, versions[number])


def _pin(model_directory: Path, served: int, settle_seconds: float) -> None:
    """Labels what is served before a newer version appears beside it.

    A server that has not seen a label yet takes the newest version for all requests.
    """
    with locked(model_directory):
        if not read_rollout(model_directory).labels:
            write_server_files(model_directory, Rollout({STABLE: served}))
            settling.settle(settle_seconds)


def _is_in(version_directory: Path, model_directory: Path) -> bool:
    is_child = version_directory.resolve().parent == model_directory.resolve()
    return is_child and version_directory.resolve().name.isdigit()


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True)
