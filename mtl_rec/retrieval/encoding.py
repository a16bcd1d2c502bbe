"""Rows of one side to packed inputs."""

import numpy as np
import pyarrow as pa

from mtl_rec.config.feature_section import Side
from mtl_rec.config.features import Feature, Numeric, is_by_row
from mtl_rec.preprocess import Preprocessor
from mtl_rec.schema.raw_types import raw_type
from mtl_rec.schema.rows import canonical
from mtl_rec.schema.schema import Schema

Inputs = dict[str, np.ndarray]


def encode_side(preprocessor: Preprocessor, rows: pa.Table, side: Side) -> Inputs:
    """Packed inputs of one side, `(rows, width)` each.

    Args:
        preprocessor: Of both sides.
        rows: Have the side's features; those of the other are not looked at.
        side: Which.
    """
    schema = preprocessor.schema
    columns = {
        feature.name: rows[feature.name]
        if feature.side == side
        else _nothing(feature, len(rows))
        for feature in schema.features
    }
    # By their names: several may be of one column.
    named = [f.model_copy(update={"column": None}) for f in schema.features]
    whole = canonical(pa.table(columns), named)
    encoded = preprocessor.encode(whole, with_labels=False)
    return encoded.inputs_of(side_inputs(schema, side))


def side_inputs(schema: Schema, side: Side) -> list[str]:
    """The packed inputs that a side's features go into."""
    own = {f.name for f in schema.features if f.side == side}
    own |= {f"{side}_ids", f"{side}_numbers"}
    return [name for name in schema.inputs() if name in own]


def _nothing(feature: Feature, num_rows: int) -> pa.Array:
    """Missing values."""
    if isinstance(feature, Numeric) or is_by_row(feature):
        return pa.nulls(num_rows, raw_type(feature))
    kind = raw_type(feature)
    nothing = [] if pa.types.is_list(kind) else ""
    return pa.array([nothing] * num_rows, kind)
