"""The columns of ids of users and items, which data must have where they are read."""

from mtl_rec.config.checks import suggestion
from mtl_rec.data.exposures import ExposureStream
from mtl_rec.errors import SchemaError


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
