"""Finding the files that a path stands for, and saying which of them is broken."""

import csv
import glob
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pyarrow as pa

from mtl_rec.errors import ArtifactError

Format = Literal["csv", "parquet", "tfrecord"]

ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "csv",
    ".tsv.gz": "csv",
    ".parquet": "parquet",
    ".tfrecord": "tfrecord",
    ".tfrecord.gz": "tfrecord",
    ".tfrecords": "tfrecord",
}
LOG_FORMATS: tuple[Format, ...] = ("csv", "parquet")
TABLE_FORMATS: tuple[Format, ...] = ("csv", "parquet", "tfrecord")


def find_files(
    path: str, declared: Format | None, allowed: tuple[Format, ...] = LOG_FORMATS
) -> tuple[Format, list[Path]]:
    """The format and the sorted files of a file, a folder or a glob.

    Args:
        path: Where the files are.
        declared: The format, where it is not to be taken from the endings. In a folder
            or a glob it leaves out files of other formats.
        allowed: Formats that can be read.

    Raises:
        ArtifactError: There are none, or they are empty, of several formats, or of an
            unknown one.
    """
    root = Path(path)
    if root.is_file():
        files = [root]
    elif root.is_dir():
        files = _of_format(_files_below(root), declared)
        if not files:
            formats = [declared] if declared else allowed
            wanted = [e for e, f in ENDINGS.items() if f in formats]
            raise ArtifactError(
                f"The folder '{path}' must hold files that end in {_any_of(wanted)}. "
                "Received: none."
            )
    else:
        files = _of_glob(path, declared)
    for file in files:
        require_bytes(file)
    return declared or _common_format(path, files, allowed), files


def require_bytes(file: Path) -> None:
    """Refuses a file that is not there or has nothing in it."""
    if not file.is_file():
        raise ArtifactError(
            f"`data.source.path` must name an existing file. Received: '{file}'. "
            f"Relative paths start at '{Path.cwd()}'."
        )
    if not file.stat().st_size:
        raise ArtifactError(f"'{file}' must hold rows. Received: an empty file.")


@contextmanager
def readable(file: Path | str, kind: str) -> Iterator[None]:
    """Turns what the reader says of a damaged file into an error with its name."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable(file, kind, error) from error


def unreadable(file: Path | str, kind: str, error: Exception) -> ArtifactError:
    """What to raise for a damaged file."""
    # Some of Arrow's messages go on to quote the data.
    reason = str(error).strip().partition("\n")[0][:300].rstrip(".")
    return ArtifactError(
        f"'{file}' must be a readable {kind} file. Received: {reason}."
    )


def _files_below(folder: Path) -> list[Path]:
    """Without the hidden files and the notes that Spark leaves beside its output."""
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file()
        and known_format(file)
        and not any(
            name.startswith((".", "_")) for name in file.relative_to(folder).parts
        )
    )


def _of_glob(path: str, declared: Format | None) -> list[Path]:
    if not any(character in path for character in "*?["):
        raise ArtifactError(
            "`data.source.path` must name an existing file, folder or glob. "
            f"Received: '{path}'. Relative paths start at '{Path.cwd()}'."
        )
    matches = sorted(Path(match) for match in glob.glob(path, recursive=True))
    files = _of_format([match for match in matches if match.is_file()], declared)
    if not files:
        raise ArtifactError(
            "`data.source.path` must match at least one file. "
            f"Received: '{path}'. Relative paths start at '{Path.cwd()}'."
        )
    return files


def _of_format(files: list[Path], declared: Format | None) -> list[Path]:
    if declared is None:
        return files
    return [file for file in files if known_format(file) in (None, declared)]


def _common_format(path: str, files: list[Path], allowed: tuple[Format, ...]) -> Format:
    endings = [ending for ending, found in ENDINGS.items() if found in allowed]
    counts: Counter[Format] = Counter()
    for file in files:
        found = known_format(file)
        if found not in allowed:
            raise ArtifactError(
                f"'{file}' must end in {_any_of(endings)}, or "
                "`data.source.format` must say what it is. "
                f"Received: ending '{file.suffix}'."
            )
        counts[found] += 1
    if len(counts) > 1:
        raise ArtifactError(
            f"'{path}' must lead to files of one format. Received: "
            f"{' and '.join(f'{counts[found]} {found}' for found in sorted(counts))}. "
            "Set `data.source.format` to take one."
        )
    return next(iter(counts))


def known_format(file: Path) -> Format | None:
    """The format that the ending of a name tells."""
    name = file.name.lower()
    return next((f for ending, f in ENDINGS.items() if name.endswith(ending)), None)


def _any_of(endings: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(endings[:-1]), endings[-1]]))
