"""Rows that a server reads a text of, so that this is proved and warmed up too."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.schema.schema import Schema

FIRST_ROW, EVERY, MOST = 1, 4, 16
"""Which rows, one of those that a manifest keeps among them, and how many at most: a
language model takes longer than all else."""


def with_hidden_vectors(rows: pa.Table, schema: Schema) -> pa.Table:
    """Rows of which some lack the ids of vectors that texts stand in for.

    Data seldom has such rows, as the vectors were made of its items.

    Args:
        rows: Canonical rows.
        schema: Says which texts stand in for vectors.
    """
    for text in schema.fallback_texts:
        is_hidden = np.zeros(rows.num_rows, bool)
        is_hidden[FIRST_ROW : FIRST_ROW + EVERY * MOST : EVERY] = True
        ids = rows[text.vector].cast(pa.string())
        place = rows.column_names.index(text.vector)
        hidden = pc.if_else(pa.array(is_hidden), "", ids)
        rows = rows.set_column(place, text.vector, hidden)
    return rows
