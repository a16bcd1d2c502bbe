"""Encoded fields to the log-probability of every event, on any Keras backend."""

from typing import TYPE_CHECKING

from mtl_rec.lazy_names import lazy_names
from mtl_rec.models.loading import load_model
from mtl_rec.models.probabilities import probability_model

__all__ = [
    "build_model",
    "embed_fields",
    "load_model",
    "packed_inputs",
    "probability_model",
]

# Loaded when used: they read a schema, and the layers must load without its packages.
if TYPE_CHECKING:
    from mtl_rec.models.building import build_model
    from mtl_rec.models.inputs import embed_fields, packed_inputs
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "build_model": "building",
            "embed_fields": "inputs",
            "packed_inputs": "inputs",
        },
    )
