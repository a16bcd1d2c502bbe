"""Writes all files that a TensorFlow Serving of one model is started with."""

import re
from functools import partial
from pathlib import Path

from mtl_rec.errors import ArtifactError
from mtl_rec.export.publishing import flush, versions_in
from mtl_rec.serving.server_files.compose import compose_file
from mtl_rec.serving.server_files.kubernetes import kubernetes_file
from mtl_rec.serving.server_files.models_config import Rollout, models_config
from mtl_rec.serving.server_files.places import SERVER
from mtl_rec.serving.server_files.plain_configs import BATCHING, MONITORING
from mtl_rec.whole_files import written_whole

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def model_name(model_directory: Path) -> str:
    """The name of a model, which is that of its directory.

    Raises:
        ArtifactError: Requests and files can't name the model so.
    """
    name = model_directory.resolve().name
    if not _NAME.fullmatch(name):
        raise ArtifactError(
            "A model has the name of its directory, which must be made of A-Z, a-z, "
            f"0-9, '_', '.' and '-'. Received: '{name}'. Choose another directory."
        )
    return name


def write_server_files(model_directory: Path, rollout: Rollout) -> Path:
    """Replaces every file in `server/` that changes, each by a single rename.

    Args:
        model_directory: Holds the versions.
        rollout: Which of them a server loads.

    Returns:
        The folder.
    """
    name = model_name(model_directory)
    folder = model_directory / SERVER
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    version_bytes = max(
        map(size_in_bytes, versions_in(model_directory).values()), default=0
    )
    kubernetes = partial(
        kubernetes_file, name, version_bytes, has_labels=bool(rollout.labels)
    )
    files = {
        "batching.config": BATCHING,
        "monitoring.config": MONITORING,
        "compose.yaml": compose_file(name),
        "kubernetes.yaml": kubernetes(gpu=False),
        "kubernetes-gpu.yaml": kubernetes(gpu=True),
        # Last, so that the others are there for a server that is started by it.
        "models.config": models_config(name, rollout),
    }
    for file, text in files.items():
        _write(folder / file, text)
    return folder


def size_in_bytes(version_directory: Path) -> int:
    """The size of all files of a version."""
    return sum(
        path.stat().st_size for path in version_directory.rglob("*") if path.is_file()
    )


def _write(path: Path, text: str) -> None:
    if path.is_file() and path.read_bytes() == text.encode():
        return
    with written_whole(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
        # A server of another user reads it.
        unfinished.chmod(0o644)
        flush(unfinished)
    flush(path.parent)
