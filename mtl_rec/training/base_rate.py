"""The first event's rate after training on sampled negatives."""

import keras
import numpy as np

from mtl_rec.config.sampling import SAMPLING_OFFSET
from mtl_rec.models.chunked_prediction import predict_chunks
from mtl_rec.models.layers.task_heads import TaskHeads
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.sampling import require_first_event

MAX_SHIFT = 10.0
"""Of a logit; the rate of held-out rows is never so far from that of training."""


def match_base_rate(
    model: keras.Model, exposures: EncodedExposures, batch_size: int = 8192
) -> float:
    """Moves the first event's bias until its mean prediction is the observed rate.

    An optimizer's last steps leave a bias a few percent off, in odds, which is little
    where one row in five is a click; served, it is an error of as much of every rate.
    Calibration in the large: of all monotone corrections only the intercept is fitted.

    Args:
        model: Trained; its `TaskHeads` gets the new bias.
        exposures: Held-out rows with sampled negatives, weighted to what they were
            sampled from.
        batch_size: Rows per prediction.

    Returns:
        What was added to the logit.
    """
    schema, weights = exposures.schema, exposures.sampling_weights
    if schema.sampling is None or weights is None:
        raise ValueError("`exposures` must have sampled negatives. Received: none.")
    event = require_first_event(schema.tasks).name
    outputs = predict_chunks(model, exposures, batch_size)
    log_probability, log_other = outputs[event].astype(np.float64).T
    logit = log_probability - log_other + schema.sampling.mean_log_rate
    if SAMPLING_OFFSET in exposures.inputs:
        logit -= exposures.inputs[SAMPLING_OFFSET][:, 0]
    weight = weights[:, 0]
    happened = np.sum(weight * exposures.labels[event][:, 0])
    shift = _shift(logit, weight, float(happened))
    heads = next(layer for layer in model.layers if isinstance(layer, TaskHeads))
    bias = np.array(heads.bias)
    bias[schema.funnel.names.index(event)] += shift
    heads.bias.assign(bias)
    return shift


def _shift(logit: np.ndarray, weight: np.ndarray, happened: float) -> float:
    """The shift at which as much is expected as happened, by bisection."""
    low, high = -MAX_SHIFT, MAX_SHIFT
    while high - low > 1e-6:
        middle = (low + high) / 2
        expected = np.sum(weight / (1 + np.exp(-np.clip(logit + middle, -500, 500))))
        low, high = (middle, high) if expected < happened else (low, middle)
    return (low + high) / 2
