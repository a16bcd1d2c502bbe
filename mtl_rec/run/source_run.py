"""The run that another starts from."""

from pathlib import Path

from mtl_rec.errors import ArtifactError
from mtl_rec.run.folder import RunFolder


def source_run(named: str) -> RunFolder:
    """The finished run that `training.warm_start` names.

    Args:
        named: Its folder, or the `model.keras` in it.

    Raises:
        ArtifactError: It is no run, or has not finished training.
    """
    folder = RunFolder(Path(named))
    if folder.path.is_file() and folder.path.name == folder.model_path.name:
        folder = RunFolder(folder.path.parent)
    if folder.config_path.exists() and not folder.model_path.exists():
        raise ArtifactError(
            "`training.warm_start` must name a run that has finished training. "
            f"Received: '{named}', which has not: it has no "
            f"'{folder.model_path.name}'. Let it finish first."
        )
    try:
        return RunFolder.open(folder.path)
    except ArtifactError as error:
        raise ArtifactError(f"`training.warm_start`: {error}") from error
