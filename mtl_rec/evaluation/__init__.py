"""Tables of metrics from a trained model."""

from typing import TYPE_CHECKING

from mtl_rec.evaluation.evaluator import best_thresholds, evaluate_predictions
from mtl_rec.evaluation.keys import EvaluationKeys, Slicing
from mtl_rec.lazy_names import lazy_names

__all__ = [
    "EvaluationKeys",
    "Slicing",
    "best_thresholds",
    "evaluate",
    "evaluate_predictions",
    "predict",
]

if TYPE_CHECKING:
    from mtl_rec.evaluation.predicting import evaluate, predict
else:
    # Runs are compared without a framework.
    __getattr__ = lazy_names(
        __name__, {"evaluate": "predicting", "predict": "predicting"}
    )
