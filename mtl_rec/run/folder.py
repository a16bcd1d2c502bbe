"""The folder of one run: `runs/<name>/<time>/`."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from mtl_rec.config.loading import dump_config, load_config
from mtl_rec.config.run import RunConfig
from mtl_rec.errors import ArtifactError


@dataclass(frozen=True)
class RunFolder:
    """Where each thing of a run lies."""

    path: Path

    @classmethod
    def create(cls, directory: Path, config: RunConfig) -> Self:
        """Makes the folder and writes the resolved config, with every default."""
        started = datetime.now().strftime("%Y%m%d-%H%M%S")
        path = directory / config.name / started
        attempt = 1
        while True:
            try:
                path.mkdir(parents=True)
                break
            except FileExistsError:
                attempt += 1
                path = path.with_name(f"{started}-{attempt}")
        folder = cls(path)
        folder.config_path.write_text(dump_config(config), encoding="utf-8")
        return folder

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "RunFolder":
        """The folder of a run that was trained.

        Raises:
            ArtifactError: It is not one, or the run did not finish training.
        """
        folder = cls(Path(path))
        for needed in (folder.config_path, folder.model_path, folder.preprocessor):
            if not needed.exists():
                raise ArtifactError(
                    f"'{path}' must be the folder of a finished run, such as "
                    f"`mtl-rec train` leaves below `runs/`. It has no '{needed.name}'."
                )
        return folder

    def config(self) -> RunConfig:
        """The config the run was made with."""
        return load_config(self.config_path)

    @staticmethod
    def read_json(path: Path) -> Any:
        """A file of the run; None if the run ended before it was written.

        Raises:
            ArtifactError: It is damaged.
        """
        if not path.is_file():
            return None
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ArtifactError(f"'{path}' is not valid JSON: {error}.") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While active, no other process goes on with this run.

        The system lets go of the lock however the process ends.

        Raises:
            ArtifactError: Another process is at it.
        """
        with self._lock_path.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ArtifactError(
                    f"'{self.path}' is being trained by another process. Wait for it, "
                    "or begin another run with `--fresh`."
                ) from error
            yield

    def is_locked(self) -> bool:
        """Whether a process, be it this one, is at this run."""
        try:
            with self._lock_path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    @property
    def _lock_path(self) -> Path:
        return self.path / ".lock"

    @property
    def version_path(self) -> Path:
        """Where the exported version is; a run that has it is finished."""
        return self.path / "version.json"

    @property
    def config_path(self) -> Path:
        """The resolved config."""
        return self.path / "run.yaml"

    @property
    def preprocessor(self) -> Path:
        """Vocabularies and statistics."""
        return self.path / "preprocessor"

    @property
    def data_path(self) -> Path:
        """Rows and fingerprint of each split, its missing and unknown values."""
        return self.path / "data.json"

    @property
    def model_path(self) -> Path:
        """The trained model."""
        return self.path / "model.keras"

    @property
    def warm_start_path(self) -> Path:
        """What was taken from the run that this one started from, if there was one."""
        return self.path / "warm_start.json"

    @property
    def history_path(self) -> Path:
        """Losses and validation metrics of every epoch."""
        return self.path / "history.json"

    @property
    def metrics_path(self) -> Path:
        """Metrics on the test split."""
        return self.path / "metrics.json"

    @property
    def evaluation_path(self) -> Path:
        """Intervals, slices and calibration on the test split."""
        return self.path / "evaluation.json"

    @property
    def predictions_path(self) -> Path:
        """Predictions, labels and users of the test split's rows, in their order."""
        return self.path / "test_predictions.parquet"
