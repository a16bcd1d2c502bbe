"""Rows in any of the forms that callers have them in, as columns."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mtl_rec.serving.client.errors import RequestError

Rows = Any
"""List of dicts, dict of columns, pandas DataFrame, pyarrow Table or RecordBatch."""


@dataclass(frozen=True)
class Columns:
    """Values of rows by feature.

    Attributes:
        values: By feature, one a row, None where it is missing.
        num_rows: Rows.
        title: What the caller calls the rows.
        incomplete: By feature that some row does not have, the first such row.
    """

    values: Mapping[str, Sequence[Any] | np.ndarray]
    num_rows: int
    title: str
    incomplete: Mapping[str, int] = field(default_factory=dict)

    def place(self, row: int) -> str:
        """Where a row is, for errors."""
        if self.title == "request":
            return "in `request`"
        return f"in row {row} of `{self.title}` (counted from 0)"


def single_row(values: Mapping[str, Any], title: str) -> Columns:
    """The values of one row.

    Args:
        values: By feature.
        title: What the caller calls it.

    Raises:
        RequestError: It is no dict.
    """
    if not isinstance(values, Mapping):
        raise RequestError(
            f"`{title}` must be a dict of values by feature. "
            f"Received: {type(values).__name__}."
        )
    return Columns({str(name): [value] for name, value in values.items()}, 1, title)


def columns_of(rows: Rows, title: str) -> Columns:
    """Rows as columns.

    Args:
        rows: In any of their forms, by name of the feature.
        title: What the caller calls them.

    Raises:
        RequestError: They have another form, or columns of different lengths.
    """
    if isinstance(rows, Mapping):
        return _of_mapping(rows, title)
    package = type(rows).__module__.partition(".")[0]
    if package == "pandas" and hasattr(rows, "columns"):
        names = _distinct([str(name) for name in rows.columns], title)
        columns = {n: _of_series(rows.iloc[:, i]) for i, n in enumerate(names)}
        return Columns(columns, len(rows), title)
    if package == "pyarrow" and hasattr(rows, "schema"):
        names = _distinct(rows.schema.names, title)
        columns = {n: _of_arrow(rows.column(i)) for i, n in enumerate(names)}
        return Columns(columns, rows.num_rows, title)
    if isinstance(rows, Sequence) and all(isinstance(row, Mapping) for row in rows):
        return _of_dicts(rows, title)
    raise RequestError(
        f"`{title}` must be a list of dicts, a dict of columns, a pandas DataFrame or "
        f"a pyarrow Table. Received: {_description(rows)}."
    )


def _distinct(names: list[str], title: str) -> list[str]:
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise RequestError(
            f"The columns of `{title}` must have different names. "
            f"Received more than once: {repeated}.",
            repeated[0],
        )
    return names


def _description(rows: Any) -> str:
    if isinstance(rows, Sequence) and not isinstance(rows, str | bytes):
        others = {type(row).__name__ for row in rows if not isinstance(row, Mapping)}
        return f"{type(rows).__name__} of {', '.join(sorted(others))}"
    return type(rows).__name__


def _of_mapping(columns: Mapping[str, Any], title: str) -> Columns:
    lengths = {}
    for name, values in columns.items():
        is_column = isinstance(values, Sequence) and not isinstance(values, str | bytes)
        if not is_column and not (isinstance(values, np.ndarray) and values.ndim):
            raise RequestError(
                f"Column '{name}' of `{title}` must be a list or an array. "
                f"Received: {type(values).__name__}.",
                name,
            )
        lengths[name] = len(values)
    if len(set(lengths.values())) > 1:
        raise RequestError(
            f"All columns of `{title}` must have one length. Received: {lengths}."
        )
    values = {str(name): values for name, values in columns.items()}
    return Columns(values, next(iter(lengths.values()), 0), title)


def _of_dicts(rows: Sequence[Mapping[str, Any]], title: str) -> Columns:
    names = dict.fromkeys(name for row in rows for name in row)
    incomplete = {
        str(name): next(i for i, row in enumerate(rows) if name not in row)
        for name in names
        if not all(name in row for row in rows)
    }
    columns = {str(name): [row.get(name) for row in rows] for name in names}
    return Columns(columns, len(rows), title, incomplete)


def _of_series(series: Any) -> Sequence[Any] | np.ndarray:
    if series.dtype.kind in "fiub" and isinstance(series.dtype, np.dtype):
        return series.to_numpy()
    # Pandas has five ways to write that a value is missing.
    return series.astype(object).where(series.notna(), None).tolist()


def _of_arrow(column: Any) -> Sequence[Any] | np.ndarray:
    kind = str(column.type)
    if kind.startswith(("float", "double", "int", "uint")) and not column.null_count:
        return column.to_numpy()
    return column.to_pylist()
