"""Files that hold the state of a training: whole, checked, the newest few."""

import json
import logging
import os
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from mtl_rec.whole_files import written_whole

_PROGRESS = "progress.json"
_SUFFIX = ".checkpoint"

Read = TypeVar("Read")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingState:
    """What a training needs to go on as if it had not been interrupted.

    Attributes:
        arrays: Values of all variables, by the names of `training_state`.
        progress: All else, as JSON knows it.
    """

    arrays: dict[str, np.ndarray]
    progress: dict[str, Any]


class CheckpointFiles:
    """The checkpoints of one training, each a file that is there whole or not at all.

    A file is an archive of arrays as NumPy writes them, each with a checksum.

    Args:
        folder: Made when the first is written; what a killed process left unfinished
            in it is removed.
        keep: Newest files that stay.
    """

    def __init__(self, folder: Path, keep: int = 2) -> None:
        self.folder = folder
        self._keep = keep

    def write(
        self,
        step: int,
        arrays: Iterable[tuple[str, np.ndarray]],
        progress: dict[str, Any],
    ) -> Path:
        """Writes the state after `step` steps, then removes all but the newest files.

        Args:
            step: Names the file; a later state has a larger one.
            arrays: Names and values, which are taken one at a time.
            progress: What JSON can hold.

        Returns:
            The file.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._remove_unfinished()
        path = self.folder / f"{step:012d}{_SUFFIX}"
        with written_whole(path) as unfinished, unfinished.open("wb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr(_PROGRESS, json.dumps(progress))
                for name, array in arrays:
                    with archive.open(name, "w", force_zip64=True) as entry:
                        np.lib.format.write_array(entry, array, allow_pickle=False)
            file.flush()
            # Or a machine that loses power may find the name without the content.
            os.fsync(file.fileno())
        for old in self.paths()[: -self._keep]:
            old.unlink()
        return path

    def newest(self) -> TrainingState | None:
        """The newest state that can be read; None where there is none.

        A file that is damaged is passed over with a warning.
        """
        return self._newest(_read)

    def newest_progress(self) -> dict[str, Any] | None:
        """The progress of the newest file, without its arrays, which may be gigabytes.

        None where there is none. Damage to the arrays is not seen.
        """
        return self._newest(_read_progress)

    def _newest(self, read: Callable[[Path], Read]) -> Read | None:
        for path in reversed(self.paths()):
            try:
                return read(path)
            except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as e:
                _log.warning("'%s' can't be read and is passed over: %s", path, e)
        return None

    def paths(self) -> list[Path]:
        """The files, oldest first."""
        return sorted(self.folder.glob(f"[0-9]*{_SUFFIX}"))

    def _remove_unfinished(self) -> None:
        for path in self.folder.glob(f".unfinished-*{_SUFFIX}"):
            path.unlink()


def _read(path: Path) -> TrainingState:
    with zipfile.ZipFile(path) as archive:
        progress = json.loads(archive.read(_PROGRESS))
        arrays = {}
        for name in archive.namelist():
            if name == _PROGRESS:
                continue
            with archive.open(name) as entry:
                arrays[name] = np.lib.format.read_array(entry, allow_pickle=False)
    return TrainingState(arrays, progress)


def _read_progress(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(_PROGRESS))
