"""What every epoch says of the validation split."""

from typing import Any

import keras
import numpy as np

from mtl_rec.errors import SchemaError, TrainingError
from mtl_rec.metrics.binary import auc
from mtl_rec.metrics.regression import rmse
from mtl_rec.models.chunked_prediction import predict_chunks
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.encoded_checks import require_valid_inputs


class ValidationMetrics(keras.callbacks.Callback):
    """Adds loss, and AUC or RMSE, of every task to the logs of each epoch.

    One forward pass gives them all, and the AUC is exact, where Keras' streaming
    metrics would cost every training step and bin the predictions. It must stand before
    the callbacks that read the logs. The names are those of
    `config.checks.monitored_metrics`. Where negatives were sampled, the metrics are
    those of the sampled rows, as the loss is. Where a metric is not defined, as AUC is
    without a positive, it is NaN.

    Args:
        exposures: The validation split.
        batch_size: Rows per prediction.

    Raises:
        SchemaError: There are no rows, or inputs are not what their schema says.
    """

    def __init__(self, exposures: EncodedExposures, batch_size: int = 8192) -> None:
        super().__init__()
        if not len(exposures):
            raise SchemaError("The validation split must have rows. Received: none.")
        if not exposures.is_stored:
            require_valid_inputs(exposures, exposures.schema.inputs())
        self._exposures = exposures
        self._labels = exposures.training_labels()
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
        predictions = predict_chunks(self.model, self._exposures, self._batch_size)
        metrics = {"val_loss": 0.0}
        for task in self._exposures.schema.tasks:
            label, prediction = self._labels[task.name], predictions[task.name]
            loss = float(self.model.loss[task.name](label, prediction))
            metrics["val_loss"] += task.loss_weight * loss
            metrics[f"val_{task.name}_loss"] = loss
            if not np.isfinite(loss):
                raise TrainingError(
                    f"The validation loss of task '{task.name}' must be a number. "
                    f"Received: {loss}. The weights have diverged: lower "
                    "`training.optimizer.learning_rate`."
                )
            known = np.isfinite(label[:, 0])
            label, prediction = label[known, 0], prediction[known, 0]
            if task.kind == "binary":
                probability = np.exp(prediction.astype(np.float64))
                metrics[f"val_{task.name}_auc"] = auc(label, probability)
            else:
                metrics[f"val_{task.name}_rmse"] = rmse(label, prediction)
        return metrics
