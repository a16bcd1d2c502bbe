"""Predictions by name from a trained model."""

import keras
import numpy as np

from mtl_rec.evaluation.evaluator import evaluate_predictions
from mtl_rec.evaluation.report import Metrics
from mtl_rec.models.chunked_prediction import predict_chunks
from mtl_rec.models.probabilities import probability_model
from mtl_rec.schema.encoded import EncodedExposures


def predict(
    model: keras.Model, exposures: EncodedExposures, batch_size: int = 8192
) -> dict[str, np.ndarray]:
    """Probabilities and values of every output of the funnel.

    Args:
        model: From `build_model` or `make_trainable`, trained.
        exposures: Encoded rows; labels are not needed.
        batch_size: Rows at a time.

    Returns:
        By name of the output, `(rows,)` float32.
    """
    outputs = predict_chunks(probability_model(model), exposures, batch_size)
    names = [output.name for output in exposures.schema.funnel.outputs()]
    return {name: outputs[name][:, 0] for name in names}


def evaluate(model: keras.Model, exposures: EncodedExposures) -> Metrics:
    """Every metric of every output on one split, as `evaluate_predictions` has them."""
    return evaluate_predictions(predict(model, exposures), exposures)
