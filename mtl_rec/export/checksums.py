"""`SHA256SUMS` of a version: which files it has, and that none of them changed.

The format is that of `sha256sum`, so it can be checked where there is no Python:
`cd VERSION && sha256sum -c assets.extra/SHA256SUMS`.
"""

import hashlib
import re
from pathlib import Path

from mtl_rec.whole_files import written_whole

CHECKSUMS_FILE = "assets.extra/SHA256SUMS"

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_MOST_NAMED = 5


def write_checksums(version_directory: Path) -> None:
    """Lists all other files of a version; nothing may be written to it afterwards."""
    names = sorted(_files(version_directory))
    lines = [f"{sha256_of(version_directory / name)}  {name}\n" for name in names]
    path = version_directory / CHECKSUMS_FILE
    path.parent.mkdir(exist_ok=True)
    with written_whole(path) as unfinished:
        unfinished.write_text("".join(lines), encoding="utf-8")


def find_file_problem(version_directory: Path) -> str | None:
    """What differs from the listed files, or None.

    Args:
        version_directory: A version that `write_checksums` completed.
    """
    path = version_directory / CHECKSUMS_FILE
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        return f"'{path}' can't be read: {error.strerror}."
    except UnicodeDecodeError as error:
        return f"'{path}' is damaged: {error}."
    *lines, rest = text.split("\n")
    if rest or not lines:
        return f"'{path}' is damaged: its last line has no end."
    listed = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            return f"'{path}' is damaged. Received the line: {line!r}."
        listed[match[2]] = match[1]
    found = _files(version_directory)
    for names, what in (
        (listed.keys() - found, "missing"),
        (found - listed.keys(), "not listed in SHA256SUMS"),
    ):
        if names:
            return f"{_enumeration(names)} {what}."
    changed = {
        name for name in listed if sha256_of(version_directory / name) != listed[name]
    }
    return f"{_enumeration(changed)} not as written." if changed else None


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file of any size, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(version_directory: Path) -> set[str]:
    """Names of all files but the list itself, links and special files included."""
    names = {
        path.relative_to(version_directory).as_posix()
        for path in version_directory.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    return names - {CHECKSUMS_FILE}


def _enumeration(names: set[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in sorted(names)[:_MOST_NAMED])
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    is_one = len(names) == 1
    return f"{'File' if is_one else 'Files'} {shown}{more} {'is' if is_one else 'are'}"
