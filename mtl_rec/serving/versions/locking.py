"""One process at a time changes labels, takes back versions and removes old ones."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = ".lock"


@contextmanager
def locked(model_directory: Path) -> Iterator[None]:
    """Waits until no other process is in such a block; one that is killed leaves it.

    Publishing itself needs no lock: a rename can't be half done.

    Args:
        model_directory: Holds the versions.
    """
    descriptor = os.open(model_directory / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
