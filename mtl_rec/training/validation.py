"""What every epoch says of the validation split."""

from typing import Any

import keras
import numpy as np

from mtl_rec.errors import SchemaError, TrainingError
from mtl_rec.models.chunked_prediction import predict_chunks
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.encoded_checks import require_valid_inputs
from mtl_rec.training.task_metrics import TaskMetrics, measure_tasks


class ValidationMetrics(keras.callbacks.Callback):
    """Adds loss, and AUC or RMSE, of every task to the logs of each epoch.

    One forward pass gives them all, and the AUC is exact, where Keras' streaming
    metrics would cost every training step and bin the predictions. It must stand before
    the callbacks that read the logs, or what it keeps of the pass. The names are those
    of `config.checks.monitored_metrics`. Where negatives were sampled, the metrics are
    those of the sampled rows, as the loss is. Where a metric is not defined, as AUC is
    without a positive, it is NaN.

    Args:
        exposures: The validation split.
        batch_size: Rows per prediction.

    Attributes:
        exposures: The validation split.
        labels: By task, `(rows, 1)`, NaN on rows that it does not learn from.
        outputs: What the model gave for these rows when it was last measured, by task.
        tasks: What these outputs say of each task.

    Raises:
        SchemaError: There are no rows, or inputs are not what their schema says.
    """

    def __init__(self, exposures: EncodedExposures, batch_size: int = 8192) -> None:
        super().__init__()
        if not len(exposures):
            raise SchemaError("The validation split must have rows. Received: none.")
        if not exposures.is_stored:
            require_valid_inputs(exposures, exposures.schema.inputs())
        self.exposures = exposures
        self.labels = exposures.training_labels()
        self.outputs: dict[str, np.ndarray] = {}
        self.tasks: dict[str, TaskMetrics] = {}
        self._batch_size = batch_size

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        if logs is not None:
            logs.update(self.measure())

    def measure(self) -> dict[str, float]:
        """The metrics of the model as it is now.

        Raises:
            TrainingError: The loss is no longer a number.
        """
        tasks = self.exposures.schema.tasks
        self.outputs = predict_chunks(self.model, self.exposures, self._batch_size)
        self.tasks = measure_tasks(tasks, self.model.loss, self.labels, self.outputs)
        metrics = {"val_loss": 0.0}
        for task in tasks:
            own = self.tasks[task.name]
            if not np.isfinite(own.loss):
                raise TrainingError(
                    f"The validation loss of task '{task.name}' must be a number. "
                    f"Received: {own.loss}. The weights have diverged: lower "
                    "`training.optimizer.learning_rate`."
                )
            metrics["val_loss"] += task.loss_weight * own.loss
            metrics[f"val_{task.name}_loss"] = own.loss
            if own.auc is not None:
                metrics[f"val_{task.name}_auc"] = own.auc
            if own.rmse is not None:
                metrics[f"val_{task.name}_rmse"] = own.rmse
        return metrics
