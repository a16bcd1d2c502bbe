"""Predictions of contenders, kept so that a benchmark that was interrupted goes on."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mtl_rec.whole_files import written_whole

ABOUT = "about"


@dataclass(frozen=True)
class Run:
    """What one contender predicted after one training.

    Attributes:
        predictions: By name, `(test rows,)` float32.
        about: What it was trained with and what that cost.
    """

    predictions: Mapping[str, np.ndarray]
    about: Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where the runs of one contender on one data set are.

    Attributes:
        folder: Of all runs.
        data_set: Its name.
        contender: Its name.
        settings: All that decides what is predicted, but for the seed; `rows` is the
            fingerprint of the data.
    """

    folder: Path
    data_set: str
    contender: str
    settings: Mapping[str, Any]

    def file(self, seed: int) -> Path:
        """The file of one seed, there or not."""
        return self._runs / f"seed{seed}-{key_of(self.settings)}.npz"

    def found(self, seed: int, any_settings: bool = False) -> Run | None:
        """The run of one seed.

        Args:
            seed: Of the training.
            any_settings: Whether to take the newest on the same rows where there is
                none with these settings.
        """
        if self.file(seed).exists():
            return read_run(self.file(seed))
        if any_settings:
            others = sorted(
                self._runs.glob(f"seed{seed}-*.npz"), key=lambda f: f.stat().st_mtime
            )
            for other in reversed(others):
                run = read_run(other)
                if run.about["settings"]["rows"] == self.settings["rows"]:
                    return run
        return None

    @property
    def _runs(self) -> Path:
        name = self.contender.lower().replace(" ", "_")
        return self.folder / "runs" / self.data_set / name


def key_of(settings: Mapping[str, Any]) -> str:
    """A short hash that differs where a setting does."""
    text = json.dumps(settings, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def read_run(file: Path) -> Run:
    """The run that `write_run` wrote."""
    with np.load(file) as arrays:
        predictions = {name: arrays[name] for name in arrays.files if name != ABOUT}
        return Run(predictions, json.loads(str(arrays[ABOUT])))


def write_run(file: Path, run: Run) -> None:
    """Writes a run that is either all there or not there at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    arrays = {ABOUT: np.array(json.dumps(run.about)), **run.predictions}
    with written_whole(file) as unfinished, unfinished.open("wb") as stream:
        np.savez_compressed(stream, **arrays)
