"""Tables of metrics from a trained model."""

from mtl_rec.evaluation.evaluator import evaluate_predictions
from mtl_rec.evaluation.predicting import evaluate, predict

__all__ = ["evaluate", "evaluate_predictions", "predict"]
