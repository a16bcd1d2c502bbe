"""Files that are there whole or not at all."""

import ctypes
import glob
import json
import math
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_HERE, _EXCHANGE = -100, 2
"""`AT_FDCWD` and `RENAME_EXCHANGE` of Linux."""
LEFTOVER_SECONDS = 24 * 60 * 60


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Gives the name to write to; the file gets its own name when all is written.

    Args:
        path: The file to write or replace, in a folder that exists.
    """
    unfinished = path.with_name(f".unfinished-{path.name}")
    try:
        yield unfinished
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def folder_written_whole(folder: Path, replaces: bool = False) -> Iterator[Path]:
    """A folder that is filled under another name, and has its own once it is whole.

    What processes that were killed left of the same folder is removed.

    Args:
        folder: In a folder that exists.
        replaces: Whether it takes the place of one that is there. If not, and another
            process makes it meanwhile, that one stays: either will do.
    """
    remove_leftovers(_unfinished(folder))
    unfinished = folder.with_name(f".{folder.name}-{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        yield unfinished
        if not folder.exists():
            unfinished.rename(folder)
        elif replaces:
            replace_folder(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def remove_leftovers(folders: Iterable[Path]) -> None:
    """Removes what processes left that were killed; a living one's is younger."""
    oldest = time.time() - LEFTOVER_SECONDS
    for folder in folders:
        try:
            is_leftover = folder.stat().st_mtime < oldest
        except FileNotFoundError:
            continue
        if is_leftover:
            shutil.rmtree(folder, ignore_errors=True)


def _unfinished(folder: Path) -> Iterator[Path]:
    name = f".{folder.name}-"
    for path in folder.parent.glob(f"{glob.escape(name)}*"):
        if path.name.removeprefix(name).isdecimal():
            yield path


def replace_folder(new: Path, folder: Path) -> None:
    """A folder takes the place of another, which is removed.

    Under its name there is one of both at any moment on Linux. Where names can't be
    exchanged there is none for an instant, as a folder can't be renamed to one that
    has files.

    Args:
        new: Beside `folder`; is gone afterwards.
        folder: To be replaced.
    """
    if not _exchanged(new, folder):
        old = folder.with_name(f".{folder.name}-old-{os.getpid()}")
        folder.rename(old)
        new.rename(folder)
        old.rename(new)
    shutil.rmtree(new)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether the system has exchanged their names: see `man 2 renameat2`."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    places = (_HERE, os.fsencode(one), _HERE, os.fsencode(other))
    return rename(*places, _EXCHANGE) == 0


def write_json(path: Path, content: Any) -> None:
    """Writes a JSON file that is there whole or not at all.

    What is not defined, NaN in Python, is null: JSON has no NaN.
    """
    text = json.dumps(_defined(content), indent=2, ensure_ascii=False)
    with written_whole(path) as unfinished:
        unfinished.write_text(text + "\n", encoding="utf-8")


def _defined(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _defined(entry) for name, entry in content.items()}
    if isinstance(content, list | tuple):
        return [_defined(entry) for entry in content]
    is_undefined = isinstance(content, float) and not math.isfinite(content)
    return None if is_undefined else content
