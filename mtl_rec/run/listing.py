"""What runs there are, and what became of each; read without a framework."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mtl_rec.config.yaml_text import parse
from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.run.entry import RunEntry, State
from mtl_rec.run.folder import RunFolder

_DEPTHS = ("", "*/", "*/*/")
"""Where runs are: the folder itself, those of one name, those of all names."""


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
    return folders_with("run.yaml", directory)


def folders_with(name: str, directory: Path) -> list[Path]:
    """The folders that have a file of this name, the newest run first.

    Args:
        name: Of the file.
        directory: Is such a folder itself, or holds them one or two levels below.
    """
    configs = [f for depth in _DEPTHS for f in directory.glob(f"{depth}{name}")]
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
        read_settings(folder.config_path),
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


def read_settings(path: Path) -> Mapping[str, Any]:
    """The resolved config of a run, as plain values.

    Raises:
        ArtifactError: It is damaged.
    """
    try:
        settings = parse(path.read_text(encoding="utf-8"), f"'{path}'")
    except (ConfigError, UnicodeDecodeError) as error:
        raise ArtifactError(f"'{path}' is damaged: {error}") from error
    return settings if isinstance(settings, dict) else {}
