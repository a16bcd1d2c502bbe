"""The columns of ids of users and items: that they are there, and what is in them."""

import pyarrow as pa

from mtl_rec.config.checks import suggestion
from mtl_rec.config.features import Categorical
from mtl_rec.data.exposures import ExposureStream
from mtl_rec.errors import SchemaError
from mtl_rec.schema.columns import feature_values


def require_id_columns(
    stream: ExposureStream, user: str | None, item: str | None
) -> None:
    """Refuses data without a column of ids; reads no rows.

    Args:
        stream: Any part of the data.
        user: Column of the user's id; None where none is needed.
        item: Column of the item's id; None where none is needed.

    Raises:
        SchemaError: A file lacks one.
    """
    for place, names in stream.source.headers.items():
        for side, column in (("user", user), ("item", item)):
            if column is not None and column not in names:
                raise SchemaError(
                    f"'{place}' has no column '{column}' for the id of the {side}."
                    f"{suggestion(column, names)} Columns: {sorted(names)}. Name the "
                    f"data's own in `evaluation.{side}`, or add it to the data."
                )


def id_feature(column: str) -> Categorical:
    """How a column of ids is read, whatever its name."""
    # Any column may be read, but not every name is one of a feature.
    return Categorical(kind="categorical", name="id", side="user", column=column)


def id_texts(values: pa.ChunkedArray, column: str) -> pa.Array:
    """Ids as features that hold them have them, "" where one is missing.

    Args:
        values: The column.
        column: Its name, for errors.

    Raises:
        SchemaError: It holds neither text nor whole numbers.
    """
    return feature_values(values, id_feature(column))
