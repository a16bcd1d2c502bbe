"""The run of a single-task twin: found again, gone on with, or begun."""

from dataclasses import replace
from pathlib import Path

import keras

from mtl_rec.config.run import RunConfig
from mtl_rec.config.twins import single_task_twin
from mtl_rec.run.backends import require_backends
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.pipeline import complete_run
from mtl_rec.run.preparing import PreparedRun, begin_run
from mtl_rec.run.resuming import runs_of
from mtl_rec.run.stages import Stage, quiet


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
    folder = found or begin_run(config, runs_directory, run.preprocessor, about)
    with stage(f"train the single-task twin in '{folder.path}'"):
        pass
    complete_run(replace(run, folder=folder, config=config), stage, callbacks)
    return folder


def found_twin(directory: Path, config: RunConfig, about: object) -> RunFolder | None:
    """The newest run of these settings and rows that no other process is at.

    Args:
        directory: Has `<name>/<time>/` of the runs.
        config: Every setting must be the same.
        about: What `data.json` must say of the rows.
    """
    runs = runs_of(directory, config)
    return next((r for r in runs if r.read_json(r.data_path) == about), None)
