"""Tables in files, read a batch at a time without types being guessed."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from mtl_rec.config.csv_text import CsvText
from mtl_rec.config.data import Table
from mtl_rec.data.files import TABLE_FORMATS, Format, find_files, readable
from mtl_rec.errors import ArtifactError, SchemaError

# Larger reads cost memory, and time too: the columns parsed no longer fit the cache.
READ_BYTES = 2**20
COMMAS = CsvText()


@dataclass(frozen=True)
class TableFiles:
    """The rows of one or several files, in the order of the files' names.

    Args:
        format: How all of them are written.
        headers: Column names by file.
        lists: Columns that hold lists; only TFRecord does not tell.
        csv: How CSV files are written.
    """

    format: Format
    headers: Mapping[str, Sequence[str]]
    lists: frozenset[str] = frozenset()
    csv: CsvText = COMMAS

    def batches(
        self, columns: Sequence[str], max_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Reads all files from the start.

        Args:
            columns: Names of those to read; the others are skipped.
            max_rows: Rows of a batch at most.

        Raises:
            ArtifactError: A file is damaged.
        """
        for file in self.headers:
            with readable(file, self.format):
                yield from self._batches_of(file, columns, max_rows)

    def _batches_of(
        self, file: str, columns: Sequence[str], max_rows: int
    ) -> Iterator[pa.RecordBatch]:
        match self.format:
            case "csv":
                return _with_numbered_errors(file, columns, max_rows, self.csv)
            case "parquet":
                return _parquet_batches(file, columns, max_rows)
            case "tfrecord":
                from mtl_rec.data.tfrecord import tfrecord_batches

                return tfrecord_batches(file, columns, max_rows, self.lists)


def open_table(source: Table, lists: Iterable[str] = ()) -> TableFiles:
    """Finds the files and reads their headers, but no rows.

    Args:
        source: Where they are.
        lists: Columns that hold lists.

    Raises:
        ArtifactError: There are no such files, or one is damaged or has no rows.
        SchemaError: A header has two columns of one name.
    """
    file_format, files = find_files(source.path, source.format, TABLE_FORMATS)
    headers = {}
    for file in files:
        with readable(file, file_format):
            headers[str(file)] = _distinct(_header(file, file_format, source), file)
    return TableFiles(file_format, headers, frozenset(lists), source)


def csv_batches(
    file: Path | str | pa.NativeFile,
    columns: Sequence[str],
    max_rows: int,
    text: CsvText = COMMAS,
    handle_misfit: Callable[[pacsv.InvalidRow], str] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Columns of a CSV file as strings, null where a field is empty.

    Args:
        file: Plain, or compressed as its ending says; or an open one.
        columns: Names of those to read.
        max_rows: Rows of a batch at most.
        text: How the file is written.
        handle_misfit: Is called with lines of another number of fields, and says
            whether to "skip" them or that they are an "error", as they are without it.
    """
    conversion = pacsv.ConvertOptions(
        # What a column holds is declared, not guessed: "007" stays as it is.
        column_types={column: pa.string() for column in columns},
        include_columns=list(columns),
        null_values=["", *text.missing],
        strings_can_be_null=True,
    )
    reading = pacsv.ReadOptions(
        block_size=READ_BYTES,
        column_names=list(text.header),
        # Read side by side, malformed rows would not know their numbers.
        use_threads=handle_misfit is None,
    )
    parsing = pacsv.ParseOptions(
        delimiter=text.separator,
        quote_char='"' if text.quoted else False,
        newlines_in_values=text.quoted,
        invalid_row_handler=handle_misfit,
    )
    with pacsv.open_csv(file, reading, parsing, conversion) as reader:
        yield from _at_most(max_rows, reader)


def _with_numbered_errors(
    file: str, columns: Sequence[str], max_rows: int, text: CsvText
) -> Iterator[pa.RecordBatch]:
    """`csv_batches` of a file whose malformed row is told by its number."""
    try:
        yield from csv_batches(file, columns, max_rows, text)
    except pa.ArrowInvalid:
        # Only where there is one core did the row know its number.
        for _ in csv_batches(file, columns, max_rows, text, lambda _: "error"):
            pass
        raise


def _parquet_batches(
    file: str, columns: Sequence[str], max_rows: int
) -> Iterator[pa.RecordBatch]:
    # Not `pyarrow.dataset`, which decodes whole row groups however few rows are asked
    # for. Without `buffer_size`, all bytes of a column's row group are held.
    with pq.ParquetFile(
        file,
        pre_buffer=False,
        buffer_size=READ_BYTES,
        read_dictionary=_string_leaves(file, set(columns)),
    ) as parquet:
        # A row group has one dictionary; Arrow can't read lists across two of them.
        for group in range(parquet.num_row_groups):
            yield from parquet.iter_batches(max_rows, [group], columns=list(columns))


def _string_leaves(file: str, columns: set[str]) -> list[str]:
    """Paths of columns of strings, and of lists of them, as Parquet names them."""
    texts = (pa.string(), pa.list_(pa.string()))
    with pq.ParquetFile(file) as parquet:
        types = {field.name: field.type for field in parquet.schema_arrow}
        leaves = [parquet.schema.column(i).path for i in range(len(parquet.schema))]
    return [
        leaf
        for leaf in leaves
        for name in [leaf.partition(".")[0] if leaf not in types else leaf]
        if name in columns and types[name] in texts
    ]


def _at_most(
    max_rows: int, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for start in range(0, batch.num_rows, max_rows):
            yield batch.slice(start, max_rows)


def _header(file: Path, file_format: Format, text: CsvText) -> list[str]:
    match file_format:
        case "csv":
            return csv_header(file, text)
        case "parquet":
            return _parquet_header(file)
        case "tfrecord":
            # Only runs on such files pay for TensorFlow's import.
            from mtl_rec.data.tfrecord import tfrecord_columns

            return sorted(tfrecord_columns(str(file)))


def csv_header(file: Path, text: CsvText) -> list[str]:
    """The names of a CSV's columns.

    Raises:
        ArtifactError: It has no rows.
    """
    quoting = csv.QUOTE_MINIMAL if text.quoted else csv.QUOTE_NONE
    with pa.input_stream(file) as stream:
        lines = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        rows = csv.reader(lines, delimiter=text.separator, quoting=quoting)
        header = list(text.header) or next(filter(None, rows), [])
        if not any(line.strip() for line in lines):
            raise _without_rows(file)
    return header


def _parquet_header(file: Path) -> list[str]:
    with pq.ParquetFile(file) as parquet:
        if not parquet.metadata.num_rows:
            raise _without_rows(file)
        return parquet.schema_arrow.names


def _without_rows(file: Path) -> ArtifactError:
    return ArtifactError(f"'{file}' must hold rows. Received: a header only.")


def _distinct(names: list[str], file: Path) -> list[str]:
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise SchemaError(
            f"'{file}' must have columns of different names. "
            f"Received more than once: {repeated}."
        )
    return names
