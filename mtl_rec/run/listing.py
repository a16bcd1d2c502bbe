"""What runs there are, and what became of each; read without a framework."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from mtl_rec.config.checks import mode_of
from mtl_rec.config.yaml_text import parse
from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.run.folder import RunFolder

State = Literal["running", "finished", "interrupted"]

STARTED = "%Y%m%d-%H%M%S"
"""How a run's folder says when the run began."""

_DEPTHS = ("", "*/", "*/*/")
"""Where runs are: the folder itself, those of one name, those of all names."""


@dataclass(frozen=True)
class RunEntry:
    """One run.

    Attributes:
        path: Its folder.
        config: The resolved config, as plain values.
        state: Whether it is running, came to its end, or stopped before.
        stage: What a run that did not finish was doing.
        history: Losses and validation metrics of every epoch so far.
        metrics: On the test split, by output; none before the end.
        data: Rows and fingerprint of each split.
        version: The newest version that was exported of it.
    """

    path: Path
    config: Mapping[str, Any]
    state: State
    stage: str
    history: list[dict[str, float]]
    metrics: Mapping[str, Mapping[str, float | None]]
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    version: Path | None = None

    @property
    def name(self) -> str:
        """The name that the config gives it."""
        return str(self.config.get("name", self.path.parent.name))

    @property
    def label(self) -> str:
        """What tells it from other runs: `<name>/<time>`."""
        return f"{self.name}/{self.path.name}"

    @property
    def started(self) -> datetime | None:
        """When it began, in local time; None where the folder has another name."""
        try:
            return datetime.strptime(self.path.name[: len("20260101-120000")], STARTED)
        except ValueError:
            return None

    @property
    def training(self) -> Mapping[str, Any]:
        """The config's section."""
        return self.config.get("training") or {}

    @property
    def epochs(self) -> tuple[int, int | None]:
        """Epochs that were trained, and those it may train at most."""
        return len(self.history), self.training.get("epochs")

    @property
    def architecture(self) -> str:
        """The kind of model."""
        model = self.config.get("model") or {}
        return str((model.get("architecture") or {}).get("kind", ""))

    @property
    def backend(self) -> str:
        """What it was trained with."""
        return str(self.training.get("backend") or "tensorflow")

    @property
    def metric(self) -> str:
        """The validation metric that says which epoch is kept."""
        return str((self.training.get("early_stopping") or {}).get("metric", ""))

    @property
    def best(self) -> float | None:
        """That metric's value in the epoch that is kept."""
        values = [epoch.get(self.metric, math.nan) for epoch in self.history]
        better = max if mode_of(self.metric) == "max" else min
        return better(filter(math.isfinite, values), default=None)


def list_runs(directory: Path) -> list[RunEntry]:
    """All runs in a folder, the newest first.

    Args:
        directory: Holds `<name>/<time>/`, or `<time>/`, or is a run itself.

    Raises:
        ArtifactError: There is no such folder, or it holds no run.
    """
    if not directory.is_dir():
        raise ArtifactError(
            f"There must be a folder of runs. Received: '{directory}', which does not "
            "exist. `mtl-rec train` makes `runs/`; name another folder if yours is "
            "elsewhere."
        )
    entries = [read_run(folder) for folder in run_folders(directory)]
    if not entries:
        raise ArtifactError(
            f"'{directory}' must hold runs, as `mtl-rec train` leaves them: "
            "<name>/<time>/run.yaml. Received: none."
        )
    return entries


def run_folders(directory: Path) -> list[Path]:
    """The folders of runs in a folder, as `list_runs` finds them, the newest first."""
    configs = [f for depth in _DEPTHS for f in directory.glob(f"{depth}run.yaml")]
    folders = [config.parent for config in configs]
    return sorted(folders, key=lambda folder: folder.name, reverse=True)


def read_run(path: Path) -> RunEntry:
    """What a run's folder says.

    Raises:
        ArtifactError: It is not the folder of a run, or a file of it is damaged.
    """
    folder = RunFolder(path)
    if not folder.config_path.is_file():
        raise ArtifactError(
            f"'{path}' must be the folder of a run, such as `mtl-rec train` leaves "
            f"below `runs/`. It has no '{folder.config_path.name}'."
        )
    state, stage = _state(folder)
    exported = folder.read_json(folder.version_path)
    return RunEntry(
        path,
        _config(folder.config_path),
        state,
        stage,
        folder.read_json(folder.history_path) or [],
        folder.read_json(folder.metrics_path) or {},
        folder.read_json(folder.data_path) or {},
        Path(exported["path"]) if exported else None,
    )


def _state(folder: RunFolder) -> tuple[State, str]:
    stage = _stage(folder)
    if folder.is_locked():
        return "running", stage or "export"
    return ("interrupted", stage) if stage else ("finished", "")


def _stage(folder: RunFolder) -> str:
    """What has not come to its end; empty once a version is exported."""
    if folder.version_path.exists():
        return ""
    if folder.metrics_path.exists():
        return "export"
    if folder.model_path.exists():
        return "evaluate"
    return "train" if folder.data_path.exists() else "prepare"


def _config(path: Path) -> Mapping[str, Any]:
    try:
        settings = parse(path.read_text(encoding="utf-8"), f"'{path}'")
    except (ConfigError, UnicodeDecodeError) as error:
        raise ArtifactError(f"'{path}' is damaged: {error}") from error
    return settings if isinstance(settings, dict) else {}
