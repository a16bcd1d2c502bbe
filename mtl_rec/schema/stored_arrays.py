"""Arrays in files of raw numbers, read without keeping what was read in memory."""

import mmap
from typing import TypeGuard

import numpy as np

from mtl_rec.errors import ArtifactError


def is_stored(array: np.ndarray) -> TypeGuard[np.memmap]:
    """Whether the array is a whole file, rather than in memory or a part of one."""
    return isinstance(array, np.memmap) and isinstance(array.base, mmap.mmap)


def read_rows(
    array: np.ndarray, start: int, stop: int, out: np.ndarray | None = None
) -> np.ndarray:
    """Rows of an array; those of a file are read, not mapped.

    A mapped page counts as this process's memory until the system takes it back.

    Args:
        array: In memory or stored.
        start: The first row.
        stop: The row after the last; at most `len(array)`.
        out: Where to put the rows; without it, a view of an array in memory is enough.

    Raises:
        ArtifactError: The file has become shorter.
    """
    if not is_stored(array):
        if out is None:
            return array[start:stop]
        out[:] = array[start:stop]
        return out
    if out is None:
        out = np.empty((stop - start, *array.shape[1:]), array.dtype)
    row_bytes = array.itemsize * int(np.prod(array.shape[1:]))
    left = out.reshape(-1).view(np.uint8).data
    with open(str(array.filename), "rb", buffering=0) as file:
        file.seek(array.offset + start * row_bytes)
        while left:
            count = file.readinto(left)
            if not count:
                raise ArtifactError(
                    f"'{array.filename}' must hold {len(array)} rows. Received: fewer. "
                    "Delete its folder: it is made again."
                )
            left = left[count:]
    return out
