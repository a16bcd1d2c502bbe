"""What versions a model has, and what is known of each."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mtl_rec.export.manifest import known_of
from mtl_rec.export.publishing import WITHDRAWN, versions_in
from mtl_rec.serving.server_files.models_config import read_rollout
from mtl_rec.serving.server_files.writing import size_in_bytes
from mtl_rec.serving.versions.model_directory import require_model_directory


@dataclass(frozen=True)
class VersionEntry:
    """One version.

    Attributes:
        number: Its number.
        path: Its directory.
        created: When it was exported, in UTC.
        size_bytes: Of all its files.
        labels: Its labels, sorted.
        is_loaded: Whether a server is told to load it.
        is_withdrawn: Whether it was taken back.
        metrics: On the test split, by output, or of a retrieval version by name, such
            as `recall@100`; none if its manifest has none.
    """

    number: int
    path: Path
    created: datetime
    size_bytes: int
    labels: list[str]
    is_loaded: bool
    is_withdrawn: bool
    metrics: dict[str, dict[str, Any]]


def list_versions(model_directory: Path) -> list[VersionEntry]:
    """All versions by rising number, those that were withdrawn among them.

    Args:
        model_directory: Holds the versions.

    Raises:
        ArtifactError: It has none.
    """
    directory = require_model_directory(model_directory)
    rollout = read_rollout(directory)
    visible = versions_in(directory)
    loaded = rollout.loaded or [max(visible)]
    withdrawn = versions_in(directory, WITHDRAWN)
    entries = []
    for number, path in [*visible.items(), *withdrawn.items()]:
        manifest = known_of(path)
        entries.append(
            VersionEntry(
                number,
                path,
                _created(path, manifest),
                size_in_bytes(path),
                rollout.labels_of(number),
                number in loaded and path in visible.values(),
                path in withdrawn.values(),
                manifest.get("metrics") or {},
            )
        )
    return sorted(entries, key=lambda entry: entry.number)


def _created(path: Path, manifest: dict[str, Any]) -> datetime:
    if "created" in manifest:
        return datetime.fromisoformat(manifest["created"])
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
