"""The folder of one retrieval run: `runs/<name>-<kind>/<time>/`."""

import os
from dataclasses import dataclass
from pathlib import Path

from mtl_rec.errors import ArtifactError
from mtl_rec.run.folder import RunFolder


@dataclass(frozen=True)
class RetrievalFolder(RunFolder):
    """Where each thing of a retrieval run lies.

    Its config has another name than a ranker's, so that listings of rankers, whose
    metrics are of other things, leave it out.
    """

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "RetrievalFolder":
        """The folder of a run that came to its end.

        Raises:
            ArtifactError: It is not one.
        """
        folder = cls(Path(path))
        for needed in (folder.config_path, folder.version_path, folder.preprocessor):
            if not needed.exists():
                raise ArtifactError(
                    f"'{path}' must be the folder of a finished retrieval run, such as "
                    "`mtl-rec retrieve` leaves below `runs/`. It has no "
                    f"'{needed.name}'."
                )
        return folder

    @property
    def config_path(self) -> Path:
        """The resolved config."""
        return self.path / "retrieval.yaml"

    @property
    def judgement_path(self) -> Path:
        """What its lists were worth to the test split's users."""
        return self.path / "judgement.json"

    @property
    def judged_users_path(self) -> Path:
        """What they were worth to each of them."""
        return self.path / "judged_users.parquet"

    @property
    def rows_path(self) -> Path:
        """Rows that its versions are proved on."""
        return self.path / "verify_rows.parquet"

    def tower_path(self, name: str) -> Path:
        """One of the trained towers, `query` or `candidate`."""
        return self.path / f"{name}_tower.keras"
