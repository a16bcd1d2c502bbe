"""What columns the files of a log have, against those that are declared."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mtl_rec.config.checks import suggestion
from mtl_rec.config.events import EventLog
from mtl_rec.data.events.reading.ids import is_id_type, plain_type
from mtl_rec.data.events.reading.moments import is_time_type
from mtl_rec.data.events.reading.rows import used_columns
from mtl_rec.data.files import readable
from mtl_rec.errors import SchemaError

ADVICE = (
    "Name new columns in `item_columns`, `context_columns` or `ignored_columns` of "
    "`data.source`, and correct the names of missing ones."
)


def csv_schema(file: Path, log: EventLog) -> pa.Schema:
    """The columns of a CSV file, all of them strings.

    Raises:
        ArtifactError: The file can't be read.
    """
    names = list(log.header) or _first_line(file, log)
    return pa.schema([(name, pa.string()) for name in names])


def parquet_schema(file: Path) -> pa.Schema:
    """The columns of a Parquet file.

    Raises:
        ArtifactError: The file has no readable footer.
    """
    with readable(file, "parquet"):
        return pq.read_schema(file)


def require_declared(schemas: Mapping[str, pa.Schema], log: EventLog) -> None:
    """Refuses files without exactly the declared columns, in types that can be used.

    Args:
        schemas: By file.
        log: Declares the columns.

    Raises:
        SchemaError: Columns are missing, unknown, repeated, or of other types; lists
            all.
    """
    differences: dict[str, list[str]] = {}
    for file, schema in schemas.items():
        text = _difference(schema.names, log)
        if text:
            differences.setdefault(text, []).append(file)
    if differences:
        listed = "; ".join(f"{_few(f)} {text}" for text, f in differences.items())
        raise SchemaError(
            "A log's files must have exactly the declared columns, in any order. "
            f"Received: {listed}. {ADVICE}"
        )
    problems = [
        problem
        for name in used_columns(log)
        if (problem := _type_problem(name, schemas, log))
    ]
    if problems:
        raise SchemaError(" ".join(problems))


def files_by_type(
    schemas: Mapping[str, pa.Schema], names: Sequence[str]
) -> dict[str, dict[pa.DataType, list[str]]]:
    """By column, its plain types and the files of each, but those it is empty in."""
    types: dict[str, dict[pa.DataType, list[str]]] = {name: {} for name in names}
    for file, schema in schemas.items():
        for name in names:
            kind = plain_type(schema.field(name).type)
            if not pa.types.is_null(kind):
                types[name].setdefault(kind, []).append(file)
    return types


def _difference(names: Sequence[str], log: EventLog) -> str:
    missing = [name for name in log.declared_columns if name not in names]
    unknown = sorted(set(names) - set(log.declared_columns))
    # Pandas keeps the numbers of a frame's rows when it has some.
    unknown = [name for name in unknown if not name.startswith("__index_level_")]
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    parts = []
    if missing:
        hints = "".join(suggestion(name, unknown) for name in missing)
        parts.append(f"lacks {missing}" + (f" ({hints.strip()})" if hints else ""))
    if unknown:
        parts.append(f"has {unknown}, which nothing declares")
    if repeated:
        parts.append(f"has {repeated} more than once")
    return " and ".join(parts)


def _type_problem(
    name: str, schemas: Mapping[str, pa.Schema], log: EventLog
) -> str | None:
    kinds = files_by_type(schemas, [name])[name]
    if len(kinds) > 1:
        listed = ", ".join(f"{kind} in {_few(files)}" for kind, files in kinds.items())
        return f"Column '{name}' must have one type in all files. Received: {listed}."
    for kind, files in kinds.items():
        if name == log.columns.time:
            allowed = "hold numbers (of 64 bits if floats), dates, timestamps or text"
            is_allowed = is_time_type(kind)
        elif name in log.columns.names:
            allowed = "hold text or whole numbers"
            is_allowed = is_id_type(kind)
        else:
            allowed = "not be nested"
            is_allowed = not pa.types.is_nested(kind)
        if not is_allowed:
            return f"Column '{name}' must {allowed}. Received: {kind} in {_few(files)}."
    return None


def _few(files: Sequence[str]) -> str:
    others = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return f"'{files[0]}'{others}"


def _first_line(file: Path, log: EventLog) -> list[str]:
    quoting = csv.QUOTE_MINIMAL if log.quoted else csv.QUOTE_NONE
    with readable(file, "csv"), pa.input_stream(file) as stream:
        # Damage in the rows below must not keep the header from being read.
        lines = io.TextIOWrapper(stream, "utf-8-sig", "backslashreplace", newline="")
        rows = csv.reader(lines, delimiter=log.separator, quoting=quoting)
        return next(filter(None, rows), [])
