"""Find the run that was interrupted, and go on with it."""

from collections.abc import Iterator
from pathlib import Path

from mtl_rec.config.loading import dump_config
from mtl_rec.config.run import RunConfig
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.preparing import PreparedRun, has_its_rows, reopen_run
from mtl_rec.run.stages import Stage, quiet
from mtl_rec.training.checkpoint_files import CheckpointFiles
from mtl_rec.training.trainer import CHECKPOINTS


def unfinished_run(directory: Path, config: RunConfig) -> RunFolder | None:
    """The newest run of this config that did not come to its end, None without one.

    Runs that another process is at are left alone, as are those that ended before
    their data was known.

    Args:
        directory: Has `<name>/<time>/` of the runs.
        config: Every setting must be the same.
    """
    for folder in runs_of(directory, config):
        if folder.data_path.exists() and not folder.version_path.exists():
            return folder
    return None


def runs_of(directory: Path, config: RunConfig) -> Iterator[RunFolder]:
    """Yields the runs of a config that no other process is at, the newest first.

    Args:
        directory: Has `<name>/<time>/` of the runs.
        config: Every setting must be the same.
    """
    wanted = dump_config(config)
    for path in sorted((directory / config.name).glob("*/run.yaml"), reverse=True):
        folder = RunFolder(path.parent)
        if path.read_text(encoding="utf-8") == wanted and not folder.is_locked():
            yield folder


def resume_run(folder: RunFolder, stage: Stage = quiet) -> PreparedRun | None:
    """Opens an unfinished run; None where its data is no longer what it was.

    Args:
        folder: From `unfinished_run`.
        stage: Called with what begins; the context ends with it.
    """
    run = reopen_run(folder, stage)
    if not has_its_rows(run):
        with stage(f"'{folder.path}' was of other data: a new run begins"):
            return None
    with stage(f"go on with '{folder.path}', {_progress(folder)}"):
        return run


def _progress(folder: RunFolder) -> str:
    if folder.model_path.exists():
        return "which is trained"
    progress = CheckpointFiles(folder.path / CHECKPOINTS).newest_progress()
    if progress is None:
        return "which has no checkpoint yet"
    epoch, batches = progress["position"]["epoch"], progress["batches"]
    return f"from epoch {epoch + 1}, batch {batches + 1}"
