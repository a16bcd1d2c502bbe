"""CSV files of a log, read to the end whatever lines they have."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from mtl_rec.config.events import EventLog
from mtl_rec.data.events.reading.escapes import EscapedBytes, shown
from mtl_rec.data.events.reading.rejected import Place, RejectedRows
from mtl_rec.data.events.reading.rows import CHUNK_ROWS, Chunk, used_columns
from mtl_rec.data.files import readable
from mtl_rec.data.reading import READ_BYTES, csv_batches
from mtl_rec.errors import ArtifactError

CODECS = {".gz": "gzip", ".bz2": "bz2", ".lz4": "lz4", ".zst": "zstd"}


def csv_chunks(
    files: Sequence[Path], log: EventLog, rejected: RejectedRows
) -> Iterator[Chunk]:
    """Rows as strings, null where a field is empty.

    Args:
        files: Plain, or compressed as their endings say.
        log: Says how they are written.
        rejected: Gets lines with another number of fields.

    Raises:
        ArtifactError: A file can't be read to its end.
        SchemaError: Too many lines are rejected.
    """
    return _CsvLog(files, log, rejected).chunks()


class _CsvLog:
    """Files on their way through Arrow's reader, one after the other."""

    def __init__(
        self, files: Sequence[Path], log: EventLog, rejected: RejectedRows
    ) -> None:
        self.files = files
        self.log = log
        self.rejected = rejected
        self.num_bytes = sum(file.stat().st_size for file in files)
        self.bytes_before = 0
        """Of the files before this one, as are the lines."""
        self.lines_before = 0
        self.is_hopeless = False

    def chunks(self) -> Iterator[Chunk]:
        for file in self.files:
            self.place = Place(str(file))
            self.malformed = array("q")
            """Numbers of rows laid aside, from the next chunk's first on."""
            codec = CODECS.get(file.suffix.lower())
            with (
                readable(file, "csv"),
                pa.OSFile(str(file)) as raw,
                pa.input_stream(raw, compression=codec) as stream,
            ):
                self.bytes = _Counted(stream, raw)
                yield from self._chunks_of_file()
            self.bytes_before += file.stat().st_size
            self.lines_before += self.bytes.num_lines

    def _chunks_of_file(self) -> Iterator[Chunk]:
        file = pa.PythonFile(EscapedBytes(self.bytes), "r")
        columns = used_columns(self.log)
        first = 1
        try:
            for rows in _joined(
                csv_batches(file, columns, CHUNK_ROWS, self.log, self._lay_aside)
            ):
                numbers = self._numbers(first, rows.num_rows)
                yield Chunk(rows, numbers, self.place, self._expected_rows())
                first = int(numbers[-1]) + 1
        except pa.ArrowInvalid as error:
            if self.is_hopeless:
                self.rejected.stop()
            if "Empty CSV file" not in str(error):
                raise self._too_long(error) from error

    def _lay_aside(self, row: pacsv.InvalidRow) -> str:
        """Is called by Arrow, ahead of the rows it yields and in another thread."""
        number = row.number - (not self.log.header)
        self.malformed.append(number)
        reason = f"the line does not have {row.expected_columns} fields"
        self.rejected.saw(1)
        self.rejected.add(self.place, number, reason, shown(row.text))
        self.is_hopeless = self.rejected.is_hopeless(self._expected_rows())
        return "error" if self.is_hopeless else "skip"

    def _numbers(self, first: int, num_rows: int) -> np.ndarray:
        """Numbers of well-formed rows from `first` on, between the malformed ones."""
        malformed = np.array(self.malformed[:], np.int64)
        rows_before = malformed - first - np.arange(len(malformed))
        rows = np.arange(num_rows)
        passed = np.searchsorted(rows_before, rows, side="right")
        del self.malformed[: int(passed[-1])]
        return first + rows + passed

    def _expected_rows(self) -> float:
        """About how many rows the log has; Arrow reads far ahead of what it yields."""
        lines = self.lines_before + self.bytes.num_lines
        return lines * self.num_bytes / (self.bytes_before + self.bytes.position)

    def _too_long(self, error: pa.ArrowInvalid) -> ArtifactError:
        quotes, advice = "", ""
        if self.log.quoted:
            quotes = " and quotes in pairs"
            advice = (
                " If its fields are not in quotes, set `data.source.quoted` to false."
            )
        reason = str(error).partition("\n")[0]
        return ArtifactError(
            f"{self.place} must have lines of at most {READ_BYTES} bytes{quotes}. "
            f"Received: {reason}.{advice}"
        )


class _Counted:
    """A stream that knows how many lines it gave and how far its file is read."""

    def __init__(self, stream: pa.NativeFile, raw: pa.NativeFile) -> None:
        self.num_lines = 0
        self.position = 0
        self._stream = stream
        self._raw = raw

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self.num_lines += data.count(b"\n")
        self.position = self._raw.tell()
        return data


def _joined(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches in tables of about `CHUNK_ROWS`."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting += [batch] if batch.num_rows else []
        if sum(batch.num_rows for batch in waiting) >= CHUNK_ROWS:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)
