"""What is measured at the end of every epoch."""

import time
from typing import Any

import keras

from mtl_rec.models.chunked_prediction import predict_chunks
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.training.board.gates import GateReader
from mtl_rec.training.board.gradients import gradient_norms
from mtl_rec.training.board.log import TRAIN, VALIDATION, BoardLog
from mtl_rec.training.board.samples import fixed_batch, sample_rows
from mtl_rec.training.board.summaries import histogram, pr_curve
from mtl_rec.training.board.tables import row_norms, vocabulary_rows
from mtl_rec.training.task_metrics import TaskMetrics, known_rows, measure_tasks
from mtl_rec.training.trainable import TrainableModel
from mtl_rec.training.validation import ValidationMetrics

TRAIN_SAMPLE_ROWS = 65_536
"""Training rows that are predicted at most; of small splits an eighth."""

GATE_SAMPLE_ROWS = 8192


class EpochBoard(keras.callbacks.Callback):
    """Writes what each epoch's model does on a sample of training rows and elsewhere.

    Args:
        log: Gets curves, histograms and precision-recall curves.
        train: The training split.
        validation: Has measured the model when this is called.
        batch_size: Rows of the batch whose gradients are measured.
    """

    def __init__(
        self,
        log: BoardLog,
        train: EncodedExposures,
        validation: ValidationMetrics,
        batch_size: int,
    ) -> None:
        super().__init__()
        self._log, self._train, self._validation = log, train, validation
        self._batch_size = batch_size
        self._tasks = train.schema.tasks

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        most = max(GATE_SAMPLE_ROWS, len(self._train) // 8)
        self._sample = sample_rows(self._train, min(TRAIN_SAMPLE_ROWS, most))
        self._labels = self._sample.training_labels()
        self._batch = fixed_batch(self._sample, self._batch_size)
        rows = sample_rows(self._validation.exposures, GATE_SAMPLE_ROWS)
        self._gates = GateReader(self.model, rows)
        self._tables = vocabulary_rows(self.model, self._train.schema.vocabularies)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        begun = time.perf_counter()
        step = self._log.exposures(self.model)
        outputs = predict_chunks(self.model, self._sample, GATE_SAMPLE_ROWS)
        measured = measure_tasks(self._tasks, self.model.loss, self._labels, outputs)
        train = self._by_tag(measured) | self._learning_rates()
        if isinstance(self.model, TrainableModel) and self.model.num_replicas == 1:
            norms = gradient_norms(self.model, self.model.gradients(self._batch))
            train |= {f"gradient_norm/{part}": norm for part, norm in norms.items()}
        train |= self._add_embeddings(step)
        validation = self._by_tag(self._validation.tasks) | self._gates.measure()
        self._add_pr_curves(step)
        train["speed/seconds_of_board"] = time.perf_counter() - begun
        self._log.add_scalars(TRAIN, step, train)
        self._log.add_scalars(VALIDATION, step, validation)
        self._log.flush()

    def _by_tag(self, measured: dict[str, TaskMetrics]) -> dict[str, float]:
        total = sum(t.loss_weight * measured[t.name].loss for t in self._tasks)
        values = {"loss/all": total}
        for name, own in measured.items():
            values[f"loss/{name}"] = own.loss
            values[f"calibration/{name}"] = own.calibration
            if own.auc is not None:
                values[f"auc/{name}"] = own.auc
            if own.rmse is not None:
                values[f"rmse/{name}"] = own.rmse
        return values

    def _learning_rates(self) -> dict[str, float]:
        optimizer: Any = self.model.optimizer
        rates = {"dense": optimizer.learning_rate}
        if hasattr(optimizer, "row_optimizer"):
            rates["tables"] = optimizer.row_optimizer().learning_rate
        to_numpy = keras.ops.convert_to_numpy
        return {f"learning_rate/{n}": float(to_numpy(r)) for n, r in rates.items()}

    def _add_embeddings(self, step: int) -> dict[str, float]:
        """Adds histograms of known rows' norms and returns mean norms by tag."""
        norms = row_norms(self._tables)
        known = {
            name.removesuffix("_known"): own
            for name, own in norms.items()
            if name.endswith("_known")
        }
        histograms = (histogram(f"row_norms/{n}", own) for n, own in known.items())
        self._log[TRAIN].add(step, *histograms)
        return {f"embedding_norm/{n}": float(own.mean()) for n, own in norms.items()}

    def _add_pr_curves(self, step: int) -> None:
        for task in self._tasks:
            if task.kind == "binary":
                rows = known_rows(
                    task, self._validation.labels, self._validation.outputs
                )
                self._log[VALIDATION].add(step, pr_curve(task.name, *rows))
