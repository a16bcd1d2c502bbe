"""A look at data that nobody has described: its files, its columns, some rows."""

from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from mtl_rec.config.csv_text import CsvText
from mtl_rec.data.files import Format, find_files, known_format, require_bytes
from mtl_rec.data.starter.csv_rows import csv_sample
from mtl_rec.data.starter.parquet_rows import parquet_sample
from mtl_rec.data.starter.profile import Column, profile
from mtl_rec.errors import ArtifactError, SchemaError

MAX_ROWS = 200_000
MAX_FILES = 12
"""Files that are looked at, evenly among all of them."""


NOTES = (".txt", ".md", ".rst", ".pdf", ".html", ".json", ".yaml", ".yml", ".py")
"""Endings of what lies beside data and is none."""


@dataclass(frozen=True)
class Sample:
    """Rows of some data.

    Attributes:
        path: What was asked for: a file, a folder or a glob.
        format: How the files are written.
        states_format: Whether a config must say so, as the endings do not.
        text: How CSV files are written.
        has_header: Whether CSV files name their columns.
        rows: Those looked at; columns of a CSV are strings.
        num_rows: Of all files, about, where not all was looked at.
        is_whole: Whether all rows were looked at.
        is_utf8: Whether all text was.
    """

    path: str
    format: Format
    states_format: bool
    text: CsvText
    has_header: bool
    rows: pa.Table
    num_rows: int
    is_whole: bool
    is_utf8: bool

    def profiles(self) -> list[Column]:
        """What the values of each column look like."""
        has_words = self.format == "csv"
        names = self.rows.column_names
        return [profile(name, self.rows[name], has_words) for name in names]

    def named(self, names: list[str]) -> "Sample":
        """The same with other names for its columns, which have none of their own."""
        text = self.text.model_copy(update={"header": tuple(names)})
        return replace(self, text=text, rows=self.rows.rename_columns(names))


def look_at(
    path: str,
    separator: str | None = None,
    header: tuple[str, ...] = (),
    given_as: str = "DATA",
) -> Sample:
    """Finds the files and looks at rows from places all over them.

    Args:
        path: A file, a folder or a glob.
        separator: Of a CSV, where it is not to be guessed.
        header: Names of the columns of a CSV, where its first line has none.
        given_as: What the user calls the path, for errors.

    Raises:
        ArtifactError: There are no files, or they can't be read.
        SchemaError: They have no columns, or not all the same.
    """
    path = _only_file(path, given_as)
    file_format, files, states_format = _files(path)
    looked_at = [files[i * len(files) // MAX_FILES] for i in range(MAX_FILES)]
    looked_at = list(dict.fromkeys(looked_at))
    max_rows = MAX_ROWS // len(looked_at)
    if file_format == "csv":
        parts = [csv_sample(file, max_rows, separator, header) for file in looked_at]
    else:
        parts = [parquet_sample(file, max_rows) for file in looked_at]
    first = parts[0]
    for file, part in zip(looked_at, parts, strict=True):
        if part.rows.column_names != first.rows.column_names:
            raise _other_columns(path, looked_at[0], first.rows, file, part.rows)
    rows = pa.concat_tables([part.rows for part in parts], promote_options="permissive")
    if not rows.num_rows:
        raise ArtifactError(f"'{path}' must hold rows. Received: none.")
    num_rows = sum(part.num_rows for part in parts) * len(files) / len(looked_at)
    is_whole = len(files) == len(looked_at) and all(part.is_whole for part in parts)
    return Sample(
        path,
        file_format,
        states_format,
        first.text,
        first.has_header,
        rows,
        rows.num_rows if is_whole else round(num_rows),
        is_whole,
        all(part.is_utf8 for part in parts),
    )


def _only_file(path: str, given_as: str) -> str:
    """The one file of a folder whose files have endings of no format."""
    root = Path(path)
    if not root.exists() and not any(character in path for character in "*?["):
        raise ArtifactError(
            f"{given_as} must name an existing file, folder or glob. Received: "
            f"'{path}'. Relative paths start at '{Path.cwd()}'."
        )
    if not root.is_dir():
        return path
    files = [f for f in sorted(root.rglob("*")) if f.is_file()]
    files = [f for f in files if not f.name.startswith((".", "_"))]
    if any(known_format(file) for file in files):
        return path
    others = [file for file in files if file.suffix.lower() not in NOTES]
    if len(others) == 1:
        return str(others[0])
    if not others:
        return path
    names = [file.name for file in others[:5]]
    raise ArtifactError(
        "A folder must hold files that end in .csv, .tsv or .parquet. Received: "
        f"{names} in '{path}'. Name one of them, or a glob."
    )


def _files(path: str) -> tuple[Format, list[Path], bool]:
    """Format and files, and whether the format must be stated."""
    root = Path(path)
    if not root.is_file() or known_format(root):
        file_format, files = find_files(path, None, ("csv", "parquet", "tfrecord"))
        if file_format == "tfrecord":
            raise ArtifactError(
                f"'{path}' must be CSV or Parquet to be looked at. Received: TFRecord, "
                "which does not say what its columns are."
            )
        return file_format, files, False
    require_bytes(root)
    with root.open("rb") as file:
        start = file.read(4)
    if start == b"PAR1":
        return "parquet", [root], True
    if start[:2] == b"PK":
        raise ArtifactError(
            f"'{path}' must be CSV or Parquet. Received: a ZIP archive or a "
            "spreadsheet. Unpack it, or save it as CSV."
        )
    if start[:1] in (b"{", b"["):
        raise ArtifactError(
            f"'{path}' must be CSV or Parquet. Received: JSON. Convert it: "
            "`pandas.read_json(path, lines=True).to_parquet(...)`."
        )
    return "csv", [root], True


def _other_columns(
    path: str, first: Path, rows: pa.Table, other: Path, found: pa.Table
) -> SchemaError:
    return SchemaError(
        f"All files of '{path}' must have the same columns. Received: "
        f"{rows.column_names} in '{first}' and {found.column_names} in '{other}'. Name "
        "one of them, or a glob."
    )
