"""Encoded fields to the log-probability of every event, on any Keras backend."""

from mtl_rec.models.building import build_model
from mtl_rec.models.inputs import embed_fields, packed_inputs
from mtl_rec.models.loading import load_model
from mtl_rec.models.probabilities import probability_model

__all__ = [
    "build_model",
    "embed_fields",
    "load_model",
    "packed_inputs",
    "probability_model",
]
