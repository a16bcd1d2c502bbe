"""Rows of items that come to a catalogue or an index."""

from collections.abc import Sequence

import numpy as np

from mtl_rec.config.features import Feature
from mtl_rec.errors import SchemaError
from mtl_rec.evaluation.id_columns import id_texts
from mtl_rec.retrieval.catalogue import Catalogue
from mtl_rec.schema.raw_types import plain
from mtl_rec.schema.rows import Rows, as_table, canonical


def read_new_items(
    rows: Rows, features: Sequence[Feature], item_column: str
) -> Catalogue:
    """The items with their canonical features.

    Args:
        rows: One for each item.
        features: Of the items.
        item_column: Of their id.

    Raises:
        SchemaError: The rows contradict the features, have no id, or one twice.
    """
    rows = as_table(rows)
    if item_column not in rows.column_names:
        raise SchemaError(
            f"Items that are added must have the column '{item_column}' of their id. "
            f"Received: {rows.column_names}."
        )
    ids = np.array(id_texts(rows[item_column], item_column).to_pylist(), object)
    distinct, counts = np.unique(ids.astype(str), return_counts=True)
    if "" in distinct or (counts > 1).any():
        wrong = distinct[(counts > 1) | (distinct == "")][:5].tolist()
        raise SchemaError(
            "Items that are added must have an id, each once. Received missing or "
            f"several times: {wrong}."
        )
    return Catalogue(ids, plain(canonical(rows, features)))
