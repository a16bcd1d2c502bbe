"""Versions without a model, and a watcher that sees what a server would."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mtl_rec.export.checksums import CHECKSUMS_FILE, find_file_problem, write_checksums
from mtl_rec.export.publishing import versions_in
from mtl_rec.serving.server_files.models_config import read_rollout
from mtl_rec.serving.versions.placing import Checked, PublishedVersion, publish_checked


@dataclass
class Watcher:
    """Lists a model's directory a thousand times a second, as no server would.

    Every version is read whole the moment it is first seen.

    Attributes:
        directory: Holds the versions; may be missing.
        partial: Versions that lacked a file or held another one than written.
        misnamed: Labels of versions that were not there.
        reused: Numbers that were seen twice with other contents.
        seen: By number, the hash of its checksums.
        looks: How often the directory was listed.
    """

    directory: Path
    partial: dict[int, str] = field(default_factory=dict)
    misnamed: list[str] = field(default_factory=list)
    reused: list[int] = field(default_factory=list)
    seen: dict[int, str] = field(default_factory=dict)
    looks: int = 0
    _ends: threading.Event = field(default_factory=threading.Event)
    _config_time: int = 0

    def __enter__(self) -> "Watcher":
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
        self.look()

    def _watch(self) -> None:
        while not self._ends.wait(0.001):
            self.look()

    def look(self) -> None:
        """What a server does at each poll, and more: it reads every file."""
        self.looks += 1
        if not self.directory.is_dir():
            return
        for number, path in versions_in(self.directory).items():
            self._look_at(number, path)
        self._look_at_labels()

    def _look_at(self, number: int, path: Path) -> None:
        try:
            contents = (path / CHECKSUMS_FILE).read_text()
            if self.seen.get(number) == contents:
                return
            problem = find_file_problem(path)
        except FileNotFoundError as error:
            contents, problem = "", str(error)
        # Retention and rollback rename a version before they touch a file of it.
        if problem and path.exists():
            self.partial[number] = problem
        if not problem and self.seen.setdefault(number, contents) != contents:
            self.reused.append(number)

    def _look_at_labels(self) -> None:
        config = self.directory / "server" / "models.config"
        changed = config.stat().st_mtime_ns if config.exists() else 0
        if changed != self._config_time:
            self._config_time = changed
            versions = set(versions_in(self.directory))
            for label, version in read_rollout(self.directory).labels.items():
                # A version that was published meanwhile may have the label as well.
                if not (
                    version in versions or (self.directory / str(version)).exists()
                ):
                    self.misnamed.append(f"{label}={version}")


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
