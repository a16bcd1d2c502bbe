"""The run of a single-task twin: found again, gone on with, or begun."""

from dataclasses import replace
from pathlib import Path

import keras

from mtl_rec.config.loading import dump_config
from mtl_rec.config.run import RunConfig
from mtl_rec.config.twins import single_task_twin
from mtl_rec.run.backends import require_backends
from mtl_rec.run.finishing import finish_run
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.pipeline import fit_prepared
from mtl_rec.run.preparing import PreparedRun
from mtl_rec.run.stages import Stage, quiet
from mtl_rec.whole_files import write_json


def twin_run(
    run: PreparedRun,
    runs_directory: Path,
    stage: Stage = quiet,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> RunFolder:
    """The finished run of a run's single-task twin, on the same rows.

    One that was trained with the same settings on the same rows is taken as it is; one
    that was interrupted is gone on with.

    Args:
        run: Whose twin is wanted; its rows are taken, encoded as they are.
        runs_directory: Has `<name>/<time>/` of the twin, or gets it.
        stage: Called with what begins; the context ends with it.
        callbacks: More Keras callbacks for `fit`.

    Raises:
        ConfigError: A framework that training needs is missing.
        TrainingError: The loss is no longer a number.
        VerificationError: The twin's exported version failed its proof.
    """
    config = single_task_twin(run.config)
    about = run.folder.read_json(run.folder.data_path)
    found = found_twin(runs_directory, config, about)
    if found is not None and found.version_path.exists():
        with stage(f"the single-task twin is in '{found.path}'"):
            return found
    require_backends(config.training)
    folder = found or _begun(runs_directory, config, run, about)
    with stage(f"train the single-task twin in '{folder.path}'"):
        pass
    twin = replace(run, folder=folder, config=config)
    with folder.locked():
        if not folder.model_path.exists():
            fit_prepared(twin, callbacks)
        finish_run(twin, stage)
    return folder


def found_twin(directory: Path, config: RunConfig, about: object) -> RunFolder | None:
    """The newest run of these settings and rows that no other process is at.

    Args:
        directory: Has `<name>/<time>/` of the runs.
        config: Every setting must be the same.
        about: What `data.json` must say of the rows.
    """
    wanted = dump_config(config)
    for path in sorted((directory / config.name).glob("*/run.yaml"), reverse=True):
        folder = RunFolder(path.parent)
        if (
            path.read_text(encoding="utf-8") == wanted
            and folder.read_json(folder.data_path) == about
            and not folder.is_locked()
        ):
            return folder
    return None


def _begun(
    directory: Path, config: RunConfig, run: PreparedRun, about: object
) -> RunFolder:
    """A folder with what was learned of the rows, as `prepare_run` leaves it."""
    folder = RunFolder.create(directory, config)
    run.preprocessor.save(folder.preprocessor)
    write_json(folder.data_path, about)
    return folder
