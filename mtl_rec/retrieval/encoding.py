"""Rows of one side to packed inputs."""

import numpy as np
import pyarrow as pa

from mtl_rec.config.feature_section import Side
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import encode_inputs
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.schema import Schema

Inputs = dict[str, np.ndarray]


def encode_side(preprocessor: Preprocessor, rows: pa.Table, side: Side) -> Inputs:
    """Packed inputs of one side, `(rows, width)` each.

    Args:
        preprocessor: Of both sides.
        rows: Canonical rows with the side's features; others are not looked at.
        side: Which.
    """
    inputs = encode_inputs(preprocessor.graph.of_sides(side), rows)
    schema = preprocessor.schema
    return EncodedExposures(schema, inputs, {}).inputs_of(side_inputs(schema, side))


def side_inputs(schema: Schema, side: Side) -> list[str]:
    """The packed inputs that a side's features go into."""
    own = {f.name for f in schema.features if f.side == side}
    own |= {f"{side}_ids", f"{side}_numbers"}
    return [name for name in schema.inputs() if name in own]
