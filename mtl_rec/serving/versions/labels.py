"""Labels of versions, moved so that a server never loses the one it serves by."""

import re
from collections.abc import Mapping
from pathlib import Path

from mtl_rec.errors import ArtifactError
from mtl_rec.export.publishing import versions_in
from mtl_rec.serving.server_files.models_config import Rollout, read_rollout
from mtl_rec.serving.server_files.places import STABLE
from mtl_rec.serving.server_files.writing import write_server_files
from mtl_rec.serving.versions import settling
from mtl_rec.serving.versions.locking import locked
from mtl_rec.serving.versions.model_directory import (
    require_model_directory,
    require_version,
)
from mtl_rec.serving.versions.settling import SETTLE_SECONDS

_LABEL = re.compile(r"[a-zA-Z0-9_]+")


def set_labels(
    model_directory: Path,
    changes: Mapping[str, int | None],
    *,
    settle_seconds: float = SETTLE_SECONDS,
) -> Rollout:
    """Moves, adds and removes labels, in `server/models.config`.

    Args:
        model_directory: Holds the versions.
        changes: By label, its new version; None removes it.
        settle_seconds: How long a server gets to load a version before a label moves
            to it.

    Returns:
        What a server is told now.

    Raises:
        ArtifactError: A version is not there, or `stable` would be missing beside
            other labels.
    """
    directory = require_model_directory(model_directory)
    for label in changes:
        require_label(label)
    with locked(directory):
        labels = dict(read_rollout(directory).labels)
        for label, version in changes.items():
            if version is not None:
                require_version(directory, version)
                labels[label] = version
            elif labels.pop(label, None) is None:
                raise ArtifactError(
                    f"There is no label '{label}' to remove. Labels: {sorted(labels)}."
                )
        if labels and STABLE not in labels:
            raise ArtifactError(
                f"Beside the labels {sorted(labels)} there must be '{STABLE}': with "
                "labels a server loads these versions only. Set it as well, as in "
                f"{STABLE}={min(versions_in(directory))}."
            )
        return push_labels(directory, labels, settle_seconds)


def require_label(label: str) -> str:
    """Refuses what a server's REST interface does not take for a label."""
    if not _LABEL.fullmatch(label):
        raise ArtifactError(
            f"A label must be made of A-Z, a-z, 0-9 and '_'. Received: '{label}'."
        )
    return label


def push_labels(
    directory: Path, labels: Mapping[str, int], settle_seconds: float
) -> Rollout:
    """Tells a server new labels; the caller holds the lock.

    A server refuses a whole config, the versions to load with it, if a label that it
    knows is to move to a version that it has not loaded yet. So it is told to load
    first, and is then told the label.
    """
    known = read_rollout(directory)
    loaded = known.loaded
    if any(
        version not in loaded and label in known.labels
        for label, version in labels.items()
    ):
        write_server_files(
            directory, Rollout(known.labels, frozenset([*loaded, *labels.values()]))
        )
        settling.settle(settle_seconds)
    rollout = Rollout(dict(sorted(labels.items())))
    write_server_files(directory, rollout)
    return rollout
