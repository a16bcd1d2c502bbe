"""The second stage of a run: training. It needs the run's folder and encoded rows."""

import keras

from mtl_rec.config.run import RunConfig
from mtl_rec.models import build_model
from mtl_rec.run.board_notes import board_notes
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.warm_starting import warm_start
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.training import fit_best, make_trainable
from mtl_rec.training.checkpoint_files import CheckpointFiles
from mtl_rec.training.trainer import CHECKPOINTS
from mtl_rec.whole_files import written_whole


def fit_run(
    folder: RunFolder,
    config: RunConfig,
    train: EncodedExposures,
    validation: EncodedExposures,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> None:
    """Leaves the trained model and the history of its epochs in the folder.

    Args:
        folder: Of the run.
        config: Of the run.
        train: Rows to learn from.
        validation: Rows that say when to stop.
        callbacks: More Keras callbacks for `fit`.

    Raises:
        ArtifactError: `training.warm_start` names what is no finished run.
        ConfigError: The run it names has nothing in common with this one.
        TrainingError: The loss is no longer a number.
    """
    keras.utils.set_random_seed(config.seed)
    model = build_model(config.model, train.schema)
    if config.training.warm_start and not _has_checkpoint(folder):
        warm_start(model, folder, config)
    trainable = make_trainable(model, config.training, train.schema)
    fit_best(
        trainable,
        train,
        validation,
        config.training,
        folder.path,
        config.seed,
        callbacks,
        board_notes(config, folder.path, {"train": train, "validation": validation}),
    )
    with written_whole(folder.model_path) as unfinished:
        model.save(unfinished)


def _has_checkpoint(folder: RunFolder) -> bool:
    return CheckpointFiles(folder.path / CHECKPOINTS).newest() is not None
