"""The narrow waist: what data, preprocessing and models agree on."""

from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.funnel import Funnel, FunnelOutput
from mtl_rec.schema.schema import Schema

__all__ = ["EncodedExposures", "Funnel", "FunnelOutput", "Schema"]
