"""Predictions beside the columns that are kept, chunk by chunk; loads no framework."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from mtl_rec.config.features import Feature
from mtl_rec.errors import SchemaError
from mtl_rec.schema.rows import canonical


def scored_chunks(
    chunks: Iterator[pa.Table],
    features: Sequence[Feature],
    outputs: Collection[str],
    score: Callable[[pa.Table], Mapping[str, np.ndarray]],
    keep: Sequence[str],
) -> Iterator[pa.Table]:
    """Predictions of every chunk, beside the columns that are kept.

    Args:
        chunks: Rows with the data's own names of columns.
        features: What the rows must have.
        outputs: Names of the predictions.
        score: Canonical rows to predictions by name.
        keep: Columns to copy.

    Raises:
        SchemaError: Columns are missing or hold something else than declared, or one
            to keep has the name of a prediction.
    """
    overwritten = sorted(set(outputs) & set(keep))
    if overwritten:
        raise SchemaError(
            "`--keep` must not name a prediction, which would overwrite the column. "
            f"Received: {overwritten}."
        )
    for chunk in chunks:
        missing = [name for name in keep if name not in chunk.column_names]
        if missing:
            raise SchemaError(
                f"`--keep` must name columns of the rows. Received: {missing}. "
                f"Columns: {chunk.column_names}."
            )
        predictions = score(canonical(chunk, features))
        kept = {name: chunk[name] for name in keep}
        yield pa.table({**kept, **{n: _column(v) for n, v in predictions.items()}})


def _column(values: np.ndarray) -> pa.Array:
    """A list for each row that has several values."""
    return pa.array(values if values.ndim == 1 else list(values))
