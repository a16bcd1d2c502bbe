"""What the commands do: train, evaluate, export."""

from pathlib import Path

import keras

from mtl_rec.config.run import RunConfig
from mtl_rec.evaluation.evaluation import Evaluation
from mtl_rec.export import ExportedVersion
from mtl_rec.models import load_model
from mtl_rec.run.backends import require_backends
from mtl_rec.run.evaluating import score_split
from mtl_rec.run.finishing import RunResult, export_prepared, finish_run
from mtl_rec.run.fitting import fit_run
from mtl_rec.run.fitting_on_jax import fit_on_jax
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.preparing import PreparedRun, prepare_run, reopen_run
from mtl_rec.run.resuming import resume_run, unfinished_run
from mtl_rec.run.stages import Stage, quiet


def train_run(
    config: RunConfig,
    runs_directory: Path = Path("runs"),
    stage: Stage = quiet,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
    fresh: bool = False,
) -> RunResult:
    """Trains, evaluates and exports; bad data leaves nothing behind.

    A run of the same config and data that was interrupted is gone on with, from its
    newest checkpoint, and ends as if it had not been.

    Args:
        config: The run.
        runs_directory: Gets `<name>/<time>/`.
        stage: Called with what begins; the context ends with it.
        callbacks: More Keras callbacks for `fit`; what they hold is not restored. On
            JAX they are pickled.
        fresh: Whether to begin a new run whatever there is.

    Raises:
        ConfigError: A framework that the run needs is missing.
        SchemaError: The rows contradict the config.
        ArtifactError: The data can't be read.
        TrainingError: The loss is no longer a number.
        VerificationError: The exported version failed its proof; the trained model
            stays in the run's folder.
    """
    require_backends(config.training)
    found = None if fresh else unfinished_run(runs_directory, config)
    run = resume_run(found, stage) if found else None
    run = run or prepare_run(config, runs_directory, stage)
    return complete_run(run, stage, callbacks)


def complete_run(
    run: PreparedRun,
    stage: Stage = quiet,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> RunResult:
    """Trains a prepared run unless it is trained, evaluates and exports it.

    Args:
        run: No other process is at it.
        stage: Called with what begins; the context ends with it.
        callbacks: More Keras callbacks for `fit`.

    Raises:
        TrainingError: The loss is no longer a number.
        VerificationError: The exported version failed its proof.
    """
    with run.folder.locked():
        if not run.folder.model_path.exists():
            fit_prepared(run, callbacks)
        return finish_run(run, stage)


def fit_prepared(
    run: PreparedRun, callbacks: tuple[keras.callbacks.Callback, ...] = ()
) -> None:
    """Trains on the backend that the config asks for."""
    train, validation = (run.encoder.encode(name) for name in ("train", "validation"))
    if run.config.training.backend == "jax":
        fit_on_jax(run.folder, run.encoder.folder, callbacks)
    else:
        fit_run(run.folder, run.config, train, validation, callbacks)


def evaluate_run(folder: RunFolder, split: str, stage: Stage = quiet) -> Evaluation:
    """Evaluates a finished run on one split of its data."""
    model = load_model(folder.model_path)
    return score_split(reopen_run(folder, stage), model, split, stage).evaluation


def export_run(folder: RunFolder, stage: Stage = quiet) -> ExportedVersion:
    """Exports a finished run as the next version."""
    model = load_model(folder.model_path)
    return export_prepared(reopen_run(folder, stage), model, stage)
