"""A watcher that sees of a model's directory what a server could, and more often."""

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from mtl_rec.export.checksums import CHECKSUMS_FILE, find_file_problem
from mtl_rec.export.publishing import versions_in
from mtl_rec.serving.server_files.models_config import read_rollout

_PERIOD_SECONDS = 0.001


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
        seconds: How long it was watched.
    """

    directory: Path
    partial: dict[int, str] = field(default_factory=dict)
    misnamed: list[str] = field(default_factory=list)
    reused: list[int] = field(default_factory=list)
    seen: dict[int, str] = field(default_factory=dict)
    looks: int = 0
    seconds: float = 0.0
    _inodes: dict[int, int] = field(default_factory=dict)
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
        started = due = time.perf_counter()
        while not self._ends.wait(max(0.0, due - time.perf_counter())):
            self.look()
            due = max(due + _PERIOD_SECONDS, time.perf_counter())
        self.seconds = time.perf_counter() - started

    def look(self) -> None:
        """What a server does at each poll, and more: it reads every file."""
        self.looks += 1
        if not self.directory.is_dir():
            return
        with os.scandir(self.directory) as entries:
            found = {
                int(entry.name): entry
                for entry in entries
                if entry.name.isdigit() and entry.is_dir()
            }
        for number, entry in sorted(found.items()):
            if self._inodes.get(number) != entry.inode():
                self._look_at(number, Path(entry.path))
                self._inodes[number] = entry.inode()
        self._look_at_labels()

    def _look_at(self, number: int, path: Path) -> None:
        try:
            contents = (path / CHECKSUMS_FILE).read_text()
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
