"""Files that are there whole or not at all."""

import json
import math
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


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
def folder_written_whole(folder: Path) -> Iterator[Path]:
    """A folder that is filled under another name, and has its own once it is whole.

    Args:
        folder: In a folder that exists. If another process makes it meanwhile, its
            own stays: either will do.
    """
    unfinished = folder.with_name(f".{folder.name}-{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        yield unfinished
        if not folder.exists():
            unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


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
