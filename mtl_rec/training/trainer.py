"""Train a model on encoded exposures: epochs, early stopping, best weights, logs."""

from pathlib import Path

import keras

from mtl_rec.config.training import Training
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.training.base_rate import match_base_rate
from mtl_rec.training.batches import Batches, usual_steps_per_call
from mtl_rec.training.best_epoch import BestEpoch
from mtl_rec.training.board import BoardNotes, board_callbacks
from mtl_rec.training.checkpoints import Checkpoints, fit_on
from mtl_rec.training.defined import require_defined
from mtl_rec.training.epoch_logs import EpochLogs
from mtl_rec.training.finite_loss import FiniteLoss
from mtl_rec.training.trainable import TrainableModel
from mtl_rec.training.validation import ValidationMetrics
from mtl_rec.training.weight_average import WeightAverage, averaged

CHECKPOINTS, BEST_WEIGHTS, LOGS = "checkpoints", "best.weights.h5", "logs"


def fit_best(
    model: TrainableModel,
    train: EncodedExposures,
    validation: EncodedExposures,
    config: Training,
    folder: Path,
    seed: int = 0,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
    notes: BoardNotes | None = None,
) -> list[dict[str, float]]:
    """Fits until the stated metric stops getting better and keeps the best epoch.

    Where the folder has checkpoints of the same training, it goes on from the newest
    and ends with the same bits as if it had not been interrupted.

    Args:
        model: Left with the weights of the best epoch; with sampled negatives, the
            first event's bias is then fitted to the validation rows.
        train: Rows to learn from.
        validation: Rows that say when to stop.
        config: The `training` section of a run.
        folder: Gets `checkpoints/`, TensorBoard's `logs/` and `history.json`.
        seed: Decides the order of rows.
        callbacks: More callbacks; they see the validation metrics in the logs.
        notes: What TensorBoard is told of the run.

    Returns:
        The logs of every epoch.

    Raises:
        SchemaError: Inputs are not what their schema says, or the metric that says
            when to stop is not defined on the validation rows.
        TrainingError: A loss or a weight is no longer a number.
        ArtifactError: The checkpoints in the folder are another model's.
    """
    require_defined(config.early_stopping.metric, validation)
    steps_per_call = config.steps_per_call or usual_steps_per_call(
        len(train), config.batch_size
    )
    groups_requests, shares_texts = config.group_requests, True
    if model.num_replicas > 1:
        # Keras divides the first axis of the data among the devices.
        steps_per_call, groups_requests, shares_texts = 1, False, False
    batches = Batches(
        train,
        config.batch_size,
        seed,
        steps_per_call=steps_per_call,
        groups_requests=groups_requests,
        shares_texts=shares_texts,
    )
    checkpoint_folder = folder / CHECKPOINTS
    checkpoint_folder.mkdir(parents=True, exist_ok=True)
    best = BestEpoch(checkpoint_folder / BEST_WEIGHTS, config.early_stopping)
    logs = EpochLogs(folder / "history.json")
    half_life = config.average_half_life_epochs
    average = None if half_life is None else WeightAverage(half_life, batches)
    checkpoints = Checkpoints(
        checkpoint_folder,
        batches,
        config.checkpoints,
        {"best": best, "logs": logs},
        average,
    )
    measured = ValidationMetrics(validation)
    board = board_callbacks(
        folder / LOGS,
        batches,
        train,
        measured,
        notes,
        config.early_stopping.metric,
        logs.epochs,
    )
    fit_on(
        model,
        batches,
        config.epochs,
        checkpoints,
        [
            FiniteLoss(batches, checkpoints, folder, train.schema),
            *averaged(average, [measured, logs, best, *board, *callbacks]),
        ],
    )
    model.load_weights(checkpoint_folder / BEST_WEIGHTS)
    if validation.sampling_weights is not None:
        match_base_rate(model, validation)
    return logs.epochs
