"""Publishes a version: written aside, checked, then there with a single rename."""

import ctypes
import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from mtl_rec.whole_files import remove_leftovers

T = TypeVar("T")

WITHDRAWN = ".withdrawn-"
"""Before the number of a version that was taken back: hidden from a server, kept, and
its number is never given to another."""
_TEMPORARY = ".tmp-"
_NUMBER = re.compile(r"[0-9]+")
_NUMBERED = re.compile(rf"(?:{re.escape(WITHDRAWN)})?([0-9]+)")
_HERE, _WITHOUT_REPLACING = -100, 1  # AT_FDCWD and RENAME_NOREPLACE of <fcntl.h>


def publish(
    write: Callable[[Path], object], check: Callable[[Path], T], directory: Path
) -> tuple[Path, T]:
    """Adds the next version to a model's directory, complete and on the disk.

    Until the rename a server sees nothing, as it takes only directories named by a
    number. If anything is raised until then, an interruption included, the directory
    is left as it was. Several publishers may run at once. The number follows the
    highest that was ever given, to versions that were withdrawn as well.

    Args:
        write: Fills an empty directory with the version.
        check: Raises if the version must not be published.
        directory: Holds the versions; made if missing.

    Returns:
        The published version, and what `check` returned.
    """
    missing = [path for path in (directory, *directory.parents) if not path.exists()]
    temporary = directory / f"{_TEMPORARY}{uuid4().hex}"
    try:
        temporary.mkdir(parents=True)
        for path in missing:
            path.chmod(0o755)
        remove_leftovers(directory.glob(f"{_TEMPORARY}*"))
        write(temporary)
        checked = check(temporary)
        _make_readable_and_durable(temporary)
        version = _rename_to_next_version(temporary, directory)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        for path in missing:
            _remove_if_empty(path)
        raise
    for path in (directory, *(path.parent for path in missing)):
        flush(path)
    return version, checked


def versions_in(directory: Path, prefix: str = "") -> dict[int, Path]:
    """The versions of a model by number, in rising order.

    Args:
        directory: Holds the versions.
        prefix: Nothing for those that a server sees, or `WITHDRAWN`.
    """
    found = {}
    for path in directory.iterdir():
        number = path.name.removeprefix(prefix)
        named = path.name.startswith(prefix) and _NUMBER.fullmatch(number)
        if named and path.is_dir():
            found[int(number)] = path
    return dict(sorted(found.items()))


def rename_without_replacing(source: Path, target: Path) -> None:
    """Renames a directory, never onto another.

    A plain rename replaces an empty directory. It is what remains where Linux can't
    refuse that, on network file systems for one; versions are never empty.

    Raises:
        FileExistsError: There is something of that name.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is not None:
        names = os.fsencode(source), os.fsencode(target)
        failed = rename(_HERE, names[0], _HERE, names[1], _WITHOUT_REPLACING)
        code = ctypes.get_errno()
        if not failed:
            return
        if code not in (errno.EINVAL, errno.ENOSYS):
            raise OSError(code, os.strerror(code), str(source), None, str(target))
    source.rename(target)


def flush(path: Path) -> None:
    """Puts a file, or the names in a directory, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_readable_and_durable(temporary: Path) -> None:
    """Lets a server of another user read every file, and puts each on the disk."""
    names = list(_walk(temporary))
    if not any(path.is_file() for path in names):
        raise ValueError("`write` must leave files in the directory. Received: none.")
    for path in names:
        path.chmod(0o755 if path.is_dir() else 0o644)
        flush(path)


def _walk(directory: Path) -> Iterator[Path]:
    """Every file and directory, those inside a directory before itself."""
    for root, _, files in os.walk(directory, topdown=False):
        yield from (Path(root, name) for name in files)
        yield Path(root)


def _rename_to_next_version(temporary: Path, directory: Path) -> Path:
    """Renames to the first free number after all others."""
    while True:
        number = _highest_version(directory) + 1
        # A listing may miss what is renamed meanwhile; looking it up does not.
        if os.path.lexists(directory / f"{WITHDRAWN}{number}"):
            continue
        version = directory / str(number)
        try:
            rename_without_replacing(temporary, version)
        except OSError as error:
            # Another publisher was faster.
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
                raise
        else:
            return version


def _highest_version(directory: Path) -> int:
    matches = (_NUMBERED.fullmatch(path.name) for path in directory.iterdir())
    return max((int(match[1]) for match in matches if match), default=0)


def _remove_if_empty(directory: Path) -> None:
    # Another publisher may be at work in it.
    try:
        directory.rmdir()
    except OSError:
        return
