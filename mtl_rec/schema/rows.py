"""Raw rows in the package's own types, whatever file or frame they came from.

Categories and texts are strings ("" where missing), or an int32 dictionary of them
where the data has one that is to be kept; numbers are float32 (NaN where missing),
lists are lists of strings (empty where missing), labels are float32. Rows that say how
they were sampled go on saying it, in `is_sampled` and `log_sampling_rate`.
"""

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from mtl_rec.config.checks import suggestion
from mtl_rec.config.features import Feature
from mtl_rec.config.sampling import IS_SAMPLED, LOG_SAMPLING_RATE, SAMPLING_COLUMNS
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.schema.columns import (
    feature_values,
    label_values,
    log_rate_values,
    sampled_flags,
)
from mtl_rec.schema.raw_types import dictionary_type, raw_type

Rows = pa.Table | pa.RecordBatch | pd.DataFrame

# Noted in the table: a feature may have the name that another one's raw column has.
_CANONICAL = {b"mtl_rec": b"canonical"}


def canonical(
    rows: Rows,
    features: Sequence[Feature],
    tasks: Sequence[Task] = (),
    keep_dictionaries: bool = False,
) -> pa.Table:
    """Features under their names and labels under their tasks' names, typed.

    Args:
        rows: Columns named as the data has them; others than those asked for are left
            out. What this function returned, or a part of it, is not converted again.
        features: Features to take.
        tasks: Tasks whose labels to take.
        keep_dictionaries: Whether strings that came as a dictionary and its indices
            stay so.

    Raises:
        SchemaError: Columns are missing, or hold something else than declared.
    """
    names = _column_names(rows)
    sampling = SAMPLING_COLUMNS if says_how_sampled(names) else ()
    if _is_canonical(rows, features, tasks):
        owners = [owner.name for owner in (*features, *tasks)]
        return as_table(rows).select([*owners, *sampling])
    require_columns(names, features, tasks)
    wanted = {feature.source_column for feature in features}
    wanted |= {task.label_column for task in tasks} | set(sampling)
    _require_distinct([name for name in names if name in wanted])
    if isinstance(rows, pd.DataFrame):
        rows = rows.loc[:, [name in wanted for name in names]]
    table = as_table(rows)
    columns = {
        f.name: feature_values(table[f.source_column], f, keep_dictionaries)
        for f in features
    }
    columns |= {t.name: label_values(table[t.label_column], t) for t in tasks}
    if sampling:
        columns[IS_SAMPLED] = sampled_flags(table[IS_SAMPLED])
        columns[LOG_SAMPLING_RATE] = log_rate_values(table[LOG_SAMPLING_RATE])
    return pa.table(columns).replace_schema_metadata(_CANONICAL)


def says_how_sampled(names: Sequence[str]) -> bool:
    """Whether these are columns of rows some of which may be sampled negatives."""
    return set(SAMPLING_COLUMNS) <= set(names)


def _is_canonical(
    rows: Rows, features: Sequence[Feature], tasks: Sequence[Task]
) -> bool:
    if isinstance(rows, pd.DataFrame) or not isinstance(
        rows, pa.Table | pa.RecordBatch
    ):
        return False
    allowed = {f.name: [raw_type(f), dictionary_type(f)] for f in features}
    allowed |= {task.name: [pa.float32()] for task in tasks}
    types = dict(zip(rows.schema.names, rows.schema.types, strict=True))
    is_noted = (rows.schema.metadata or {}).items() >= _CANONICAL.items()
    return is_noted and all(types.get(name) in own for name, own in allowed.items())


def _column_names(rows: Rows) -> list[str]:
    if isinstance(rows, pd.DataFrame):
        return [str(name) for name in rows.columns]
    return as_table(rows).column_names


def as_table(rows: Rows) -> pa.Table:
    """A frame, a batch or a table as a table.

    Raises:
        SchemaError: Columns of a frame have one name, or hold values of several types.
    """
    if isinstance(rows, pa.Table):
        return rows
    if isinstance(rows, pa.RecordBatch):
        return pa.Table.from_batches([rows])
    if isinstance(rows, pd.DataFrame):
        return _from_frame(rows)
    raise TypeError(
        "`rows` must be a pandas DataFrame or a pyarrow Table. "
        f"Received: {type(rows).__name__}."
    )


def _from_frame(frame: pd.DataFrame) -> pa.Table:
    names = _column_names(frame)
    _require_distinct(names)
    columns = {}
    for position, name in enumerate(names):
        values = frame.iloc[:, position]
        try:
            columns[name] = pa.Array.from_pandas(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            types = {type(value).__name__ for value in values.dropna()}
            raise SchemaError(
                f"Column '{name}' must hold values of one type. "
                f"Received: {' and '.join(sorted(types))}."
            ) from error
    return pa.table(columns)


def _require_distinct(names: Sequence[str]) -> None:
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise SchemaError(
            "The data must have columns of different names. "
            f"Received more than once: {repeated}."
        )


def require_columns(
    names: Sequence[str], features: Sequence[Feature], tasks: Sequence[Task]
) -> None:
    """Refuses data that lacks a declared column; lists all that are missing."""
    wanted = [(f"feature '{f.name}'", f.source_column) for f in features]
    wanted += [(f"the label of task '{t.name}'", t.label_column) for t in tasks]
    missing = [
        f"The data has no column '{column}' for {owner}.{suggestion(column, names)}"
        for owner, column in wanted
        if column not in names
    ]
    if missing:
        missing.append(
            f"Columns: {sorted(names)}. Add what is missing to the data, name it with "
            "`column`, or remove it from the config."
        )
        raise SchemaError(" ".join(missing))
