"""What retrieval runs there are, and what became of each; read without a framework."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mtl_rec.retrieval.epoch_metrics import recall_name
from mtl_rec.retrieval.folder import RetrievalFolder
from mtl_rec.run.entry import Headline, Mode, RunEntry, State
from mtl_rec.run.listing import folders_with, read_settings

_COUNTED = ("popularity", "item_knn")
"""Architectures that are trained for no epoch."""


@dataclass(frozen=True)
class RetrievalEntry(RunEntry):
    """One retrieval run.

    Its metrics are those of the lists of the test split's users, by name: `recall@100`
    has `value`, and `low` and `high` of its interval.
    """

    @property
    def training(self) -> Mapping[str, Any]:
        """The section of `retrieval`."""
        return self._settings.get("training") or {}

    @property
    def epochs(self) -> tuple[int, int | None]:
        """Epochs of the towers, and those they may train at most."""
        if self.architecture in _COUNTED:
            return 0, None
        return super().epochs

    @property
    def architecture(self) -> str:
        """The kind of model."""
        return str((self._settings.get("architecture") or {}).get("kind", ""))

    @property
    def cutoff(self) -> int:
        """Items of the longest lists that were judged, k."""
        return max(self._settings.get("cutoffs") or [0])

    @property
    def metric(self) -> str:
        """The recall of the validation users that says which epoch is kept."""
        of_cold_items = recall_name(self.cutoff, True)
        if any(of_cold_items in epoch for epoch in self.history):
            return of_cold_items
        return recall_name(self.cutoff)

    @property
    def mode(self) -> Mode:
        """More is better."""
        return "max"

    @property
    def headlines(self) -> dict[str, Headline]:
        """What a table of runs tells of the longest lists."""
        names = [f"{name}@{self.cutoff}" for name in ("recall", "ndcg")]
        found = {name: self.metrics.get(name, {}).get("value") for name in names}
        return {name: Headline("", value, "max") for name, value in found.items()}

    @property
    def _settings(self) -> Mapping[str, Any]:
        return self.config.get("retrieval") or {}


def list_retrieval_runs(directory: Path) -> list[RetrievalEntry]:
    """All retrieval runs in a folder, the newest first; none if there is no folder.

    Args:
        directory: Holds `<name>-<kind>/<time>/`, or `<time>/`, or is a run itself.

    Raises:
        ArtifactError: A file of a run is damaged.
    """
    return [_read(RetrievalFolder(path)) for path in retrieval_folders(directory)]


def retrieval_folders(directory: Path) -> list[Path]:
    """The folders of retrieval runs in a folder, the newest first."""
    return folders_with(RetrievalFolder(directory).config_path.name, directory)


def _read(folder: RetrievalFolder) -> RetrievalEntry:
    state, stage = _state(folder)
    exported = folder.read_json(folder.version_path)
    judgement = folder.read_json(folder.judgement_path) or {}
    return RetrievalEntry(
        folder.path,
        read_settings(folder.config_path),
        state,
        stage,
        folder.read_json(folder.history_path) or [],
        judgement.get("metrics") or {},
        folder.read_json(folder.data_path) or {},
        Path(exported["path"]) if exported else None,
    )


def _state(folder: RetrievalFolder) -> tuple[State, str]:
    if folder.version_path.exists():
        return "finished", ""
    stage = "export" if folder.judgement_path.exists() else "train"
    return ("running" if folder.is_locked() else "interrupted"), stage
