"""A trained model on one split of a run's data."""

from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np

from mtl_rec.evaluation import best_thresholds, predict
from mtl_rec.evaluation.evaluation import Evaluation, evaluate_fully
from mtl_rec.evaluation.keys import EvaluationKeys
from mtl_rec.evaluation.reading_keys import read_keys
from mtl_rec.run.preparing import PreparedRun
from mtl_rec.run.stages import Stage, quiet
from mtl_rec.schema.encoded import EncodedExposures


@dataclass(frozen=True)
class ScoredSplit:
    """What a model says of a split, and what that is worth.

    Attributes:
        exposures: The rows.
        keys: Of the rows.
        predictions: By output, `(rows,)` float32.
        evaluation: Of the predictions.
    """

    exposures: EncodedExposures
    keys: EvaluationKeys
    predictions: Mapping[str, np.ndarray]
    evaluation: Evaluation


def score_split(
    run: PreparedRun, model: keras.Model, split: str, stage: Stage = quiet
) -> ScoredSplit:
    """Predicts a split and evaluates it; thresholds are those of the validation split.

    Args:
        run: Whose data and settings are taken.
        model: Trained.
        split: `train`, `validation` or `test`.
        stage: Called with what begins; the context ends with it.
    """
    settings = run.config.evaluation
    validation, exposures = map(run.encoder.encode, ("validation", split))
    with stage(f"evaluate on the {split} split"):
        thresholds = best_thresholds(predict(model, validation), validation)
        keys = read_keys(run.splits, split, settings)
        predictions = predict(model, exposures)
        evaluation = evaluate_fully(predictions, exposures, keys, thresholds, settings)
    return ScoredSplit(exposures, keys, predictions, evaluation)
