"""The loss of a batch on TensorFlow, and of its perturbed twin."""

from typing import Any

import keras
import tensorflow as tf

from mtl_rec.training.regularizers.adversarial import (
    no_perturbations,
    worst_perturbations,
)


class StepLoss:
    """What a step differentiates.

    Made outside the tape of the step: what perturbs embeddings is not differentiated.

    Args:
        model: A `TrainableModel`.
        batch: Inputs, labels and weights that it learns from.
        given: What its `row_tables` shall return.
    """

    def __init__(self, model: Any, batch: Any, given: Any) -> None:
        self._model, self._batch, self._given = model, batch, given
        self._worst = None
        norm = model.regularizers.adversarial_norm
        if norm is not None:
            zeros: Any = no_perturbations(model.table_ids(batch[0]))
            with tf.GradientTape() as tape:
                tape.watch(tf.nest.flatten(list(zeros.values())))
                loss = self._apart(zeros)
            gradients: Any = tape.gradient(
                loss,
                list(zeros.values()),
                unconnected_gradients=tf.UnconnectedGradients.ZERO,
            )
            worst = dict(zip(zeros, gradients, strict=True))
            self._worst = worst_perturbations(worst, norm)

    def __call__(self) -> tuple[Any, Any]:
        """The loss and the predictions, under the tape of the step."""
        adversarial = None if self._worst is None else self._apart(self._worst)
        y_pred, loss = self._forward(None)
        return loss if adversarial is None else (loss + adversarial) / 2, y_pred

    def _apart(self, perturbations: Any) -> Any:
        """The loss with perturbed embeddings, which nothing else takes note of."""
        with keras.StatelessScope(collect_losses=True):
            return self._forward(perturbations)[1]

    def _forward(self, perturbations: Any) -> tuple[Any, Any]:
        x, y, sample_weight = self._batch
        y_pred = self._model.predicted(x, self._given, perturbations)
        return y_pred, self._model.compute_loss(
            x, y, y_pred, sample_weight, training=True
        )
