"""Versions without a model, and a watcher that sees what a server would."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from serving_load.watching import Watcher

from mtl_rec.export.checksums import write_checksums
from mtl_rec.serving.versions.placing import Checked, PublishedVersion, publish_checked


@pytest.fixture
def watch() -> Callable[[Path], Watcher]:
    return Watcher


@pytest.fixture
def model_directory(tmp_path) -> Path:
    return tmp_path / "models" / "shop"


@pytest.fixture
def exported(tmp_path) -> Callable[..., Path]:
    """Writes files of a version that no server could load; `text` tells them apart."""

    def write(text: str = "weights") -> Path:
        folder = tmp_path / "exported" / text
        (folder / "variables").mkdir(parents=True)
        (folder / "saved_model.pb").write_text("graph")
        (folder / "variables" / "variables.index").write_text(text)
        write_checksums(folder)
        return folder

    return write


@pytest.fixture
def publish_files(exported, model_directory) -> Callable[..., PublishedVersion]:
    """Publishes such files, as good as any."""

    def publish_next(text: str | None = None, **how) -> PublishedVersion:
        folder = exported(text or f"weights {time.time_ns()}-{os.getpid()}")
        how = {"settle_seconds": 0, **how}
        return publish_checked(folder, model_directory, _accept, **how)

    return publish_next


def _accept(folder: Path, served: object) -> Checked:
    return Checked([], None)
