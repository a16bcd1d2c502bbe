"""Rows from places all over a CSV file, and how it is written."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from mtl_rec.config.csv_text import CsvText
from mtl_rec.data.files import readable
from mtl_rec.data.reading import csv_batches
from mtl_rec.data.starter.dialect import (
    LOOKED_AT,
    fields_of,
    has_header,
    separator_and_quotes,
)
from mtl_rec.data.starter.part import Part
from mtl_rec.data.starter.pieces import Pieces, read_pieces
from mtl_rec.errors import ArtifactError, SchemaError

MAX_BYTES = 48 * 2**20
"""That are looked at of all files together."""

UNNAMED = "column_{:0{width}d}"
"""What columns are called where nothing tells."""


def csv_sample(
    file: Path, max_rows: int, separator: str | None, header: tuple[str, ...]
) -> Part:
    """All rows, or rows of blocks at even distances; malformed lines are left out.

    Raises:
        ArtifactError: The file can't be read.
        SchemaError: It has no columns, or another number of them than names are given.
    """
    pieces = read_pieces(file, MAX_BYTES)
    lines = _first_lines(pieces)
    if len(lines) < 2:
        raise ArtifactError(f"'{file}' must hold rows. Received: one line.")
    separator, quoted = separator_and_quotes(lines, str(file), separator)
    first_rows = fields_of(lines, separator, quoted)
    is_named = not header and has_header(first_rows)
    names = first_rows[0] if is_named else list(header) or _unnamed(first_rows)
    _require_names(names, first_rows, file)
    text = CsvText(
        header=() if is_named else tuple(names), separator=separator, quoted=quoted
    )
    reading = text.model_copy(update={"header": tuple(names)})
    first, *others = pieces.texts
    if is_named:
        first = _without_first_line(first)
    with readable(file, "csv"):
        tables = [_parsed(text, reading) for text in (first, *others)]
    rows = pa.concat_tables(tables)
    is_whole = pieces.is_whole and rows.num_rows <= max_rows
    num_rows = round(rows.num_rows / pieces.share)
    is_utf8 = all(_is_utf8(text) for text in pieces.texts)
    if not is_whole:
        rows = _blocks(rows, max_rows)
    return Part(rows, num_rows, is_whole, text, is_named, is_utf8)


def _first_lines(pieces: Pieces) -> list[str]:
    start = pieces.texts[0][: 2**20].decode("utf-8-sig", "replace")
    return start.splitlines()[:LOOKED_AT]


def _unnamed(rows: list[list[str]]) -> list[str]:
    count = Counter(map(len, rows)).most_common(1)[0][0]
    width = len(str(count))
    return [UNNAMED.format(i + 1, width=width) for i in range(count)]


def _require_names(names: list[str], rows: list[list[str]], file: Path) -> None:
    width = Counter(map(len, rows)).most_common(1)[0][0]
    if len(names) != width:
        raise SchemaError(
            f"`--header` must name the {width} columns of '{file}'. Received: "
            f"{len(names)} names."
        )
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise SchemaError(
            f"'{file}' must have columns of different names. "
            f"Received more than once: {repeated}."
        )


def _without_first_line(text: bytes) -> bytes:
    lines = text.lstrip(b"\r\n")
    return lines[lines.find(b"\n") + 1 :]


def _parsed(text: bytes, reading: CsvText) -> pa.Table:
    """The rows of one piece, which may begin or end within quotes."""
    data = text.removeprefix(b"\xef\xbb\xbf")
    if not _is_utf8(data):
        data = data.decode("utf-8", "replace").encode()
    schema = pa.schema([(name, pa.string()) for name in reading.header])
    if not data.strip():
        return schema.empty_table()

    def skip(row: pacsv.InvalidRow) -> str:
        return "skip"

    batches = csv_batches(
        pa.BufferReader(data), reading.header, 2**20, reading, handle_misfit=skip
    )
    return pa.Table.from_batches(list(batches), schema)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _blocks(rows: pa.Table, max_rows: int) -> pa.Table:
    """Neighbouring rows in blocks at even distances."""
    if rows.num_rows <= max_rows:
        return rows
    count = 24
    size = max_rows // count
    starts = [i * (rows.num_rows - size) // (count - 1) for i in range(count)]
    return pa.concat_tables([rows.slice(start, size) for start in starts])
