"""Train a model on encoded exposures: epochs, early stopping, best weights, logs."""

from pathlib import Path

import keras

from mtl_rec.config.training import Training
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.training.base_rate import match_base_rate
from mtl_rec.training.batches import Batches, usual_steps_per_call
from mtl_rec.training.checkpoint import BestCheckpoint, mode_of
from mtl_rec.training.trainable import TrainableModel
from mtl_rec.training.validation import ValidationMetrics


def fit_best(
    model: TrainableModel,
    train: EncodedExposures,
    validation: EncodedExposures,
    config: Training,
    folder: Path,
    seed: int = 0,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> list[dict[str, float]]:
    """Fits until the stated metric stops getting better and keeps the best epoch.

    Args:
        model: Left with the weights of the best epoch; with sampled negatives, the
            first event's bias is then fitted to the validation rows.
        train: Rows to learn from.
        validation: Rows that say when to stop.
        config: The `training` section of a run.
        folder: Gets `checkpoints/` and TensorBoard's `logs/`.
        seed: Decides the order of rows.
        callbacks: More callbacks; they see the validation metrics in the logs.

    Returns:
        The logs of every epoch.
    """
    stopping = config.early_stopping
    mode = mode_of(stopping.metric)
    checkpoint_path = folder / "checkpoints" / "best.weights.h5"
    checkpoint_path.parent.mkdir(parents=True, exist_ok=True)
    checkpoint = BestCheckpoint(checkpoint_path, stopping.metric, mode)
    steps_per_call = config.steps_per_call or usual_steps_per_call(
        len(train), config.batch_size
    )
    groups_requests = config.group_requests
    if model.num_replicas > 1:
        # Keras divides the first axis of the data among the devices.
        steps_per_call, groups_requests = 1, False
    batches = Batches(
        train,
        config.batch_size,
        seed,
        steps_per_call=steps_per_call,
        groups_requests=groups_requests,
    )
    history = model.fit(
        batches,
        epochs=config.epochs,
        shuffle=False,
        verbose=0,
        callbacks=[
            ValidationMetrics(validation),
            checkpoint,
            keras.callbacks.EarlyStopping(
                stopping.metric,
                mode=mode,
                patience=stopping.patience,
                min_delta=stopping.min_delta,
            ),
            keras.callbacks.TensorBoard(
                folder / "logs", write_graph=False, profile_batch=0
            ),
            *callbacks,
        ],
    )
    model.load_weights(checkpoint_path)
    if validation.sampling_weights is not None:
        match_base_rate(model, validation)
    epochs = zip(*history.history.values(), strict=True)
    return [dict(zip(history.history, epoch, strict=True)) for epoch in epochs]
