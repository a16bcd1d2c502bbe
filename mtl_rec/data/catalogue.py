"""The texts of a catalogue, by item."""

import glob
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.checks import suggestion
from mtl_rec.config.data import Table
from mtl_rec.data.reading import TableFiles, open_table
from mtl_rec.errors import ArtifactError, SchemaError

_BATCH_ROWS = 131_072
_KINDS = (pa.types.is_integer, pa.types.is_string, pa.types.is_large_string)


def read_texts(
    path: Path, id_column: str, text_columns: Sequence[str]
) -> dict[str, str]:
    """Reads what is said of each item, several columns joined by blanks.

    Of rows with one id the last counts. Rows without an id are left out.

    Args:
        path: CSV or Parquet, a file, a folder or a glob: one row for each item, or
            exposures that have the columns.
        id_column: Has the item's id.
        text_columns: Have texts; what is missing says nothing.

    Raises:
        ArtifactError: There are no such files, or one is damaged.
        SchemaError: A column is missing or holds something else, no row has an id, or
            one has several lines.
    """
    if not glob.has_magic(str(path)) and not path.exists():
        raise ArtifactError(
            f"The catalogue must be a file, a folder or a glob. Received: '{path}', "
            f"which is not there. Relative paths start at '{Path.cwd()}'."
        )
    source = open_table(Table(kind="table", path=str(path)))
    columns = [id_column, *text_columns]
    _require_columns(source, columns)
    texts: dict[str, str] = {}
    for batch in source.batches(columns, _BATCH_ROWS):
        own = [_strings(batch.column(name), name) for name in columns]
        joined = pc.binary_join_element_wise(*own[1:], " ", null_handling="skip")
        texts |= dict(zip(own[0].to_pylist(), joined.to_pylist(), strict=True))
    # Ids as features have them: what is missing is "".
    texts.pop("", None)
    if not texts:
        raise SchemaError(f"Column '{id_column}' of '{path}' must have ids.")
    odd = next((id_ for id_ in texts if "\n" in id_ or "\r" in id_), None)
    if odd is not None:
        raise SchemaError(
            f"Column '{id_column}' of '{path}' must have ids of one line. Received: "
            f"{odd!r}."
        )
    return texts


def _strings(values: pa.Array, name: str) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if not any(is_kind(values.type) for is_kind in _KINDS):
        raise SchemaError(
            f"Column '{name}' must hold text or whole numbers. Received: {values.type}."
        )
    return pc.fill_null(values.cast(pa.string()), "")


def _require_columns(source: TableFiles, columns: Sequence[str]) -> None:
    missing = [
        f"'{file}' has no column '{column}'.{suggestion(column, names)}"
        for file, names in source.headers.items()
        for column in columns
        if column not in names
    ]
    if missing:
        names = next(iter(source.headers.values()))
        raise SchemaError(f"{' '.join(missing)} Columns: {sorted(names)}.")
