"""The text file of all known values, which a look-up table reads as it is.

A line for each value, `<key>`, a tab, `<vocabulary>=<value>`: those of a vocabulary
stand together in the order of their ids. Equal keys of one vocabulary are equal values.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

# First line of the file, whose key no value has: theirs are not negative.
_HEADER = b"-1\tmtl_rec vocabulary\n"


def write_vocabulary_file(
    path: Path, keys: Iterable[int], names_and_values: Sequence[bytes]
) -> None:
    """Writes a line for each key; `names_and_values` are `<vocabulary>=<value>`."""
    with path.open("wb") as file:
        file.write(_HEADER)
        for key, line in zip(keys, names_and_values, strict=True):
            file.write(b"%d\t%s\n" % (key, line))


def read_vocabulary_keys(path: Path) -> dict[str, np.ndarray]:
    """The keys of every vocabulary, int64, in the order of their ids.

    A negative key is of a value that can't be told from another, and is unknown.
    """
    keys: dict[bytes, array] = {}
    for key, name, _ in _lines(path):
        keys.setdefault(name, array("q")).append(int(key))
    return {name.decode(): np.array(own, np.int64) for name, own in keys.items()}


def read_vocabulary_values(path: Path, most: int) -> dict[str, list[str]]:
    """The first values of every vocabulary, in the order of their ids.

    Args:
        path: The file.
        most: Values of each at most.
    """
    values: dict[bytes, list[str]] = {}
    for _, name, value in _lines(path):
        own = values.setdefault(name, [])
        if len(own) < most:
            own.append(value.decode(errors="replace"))
    return {name.decode(): own for name, own in values.items()}


def _lines(path: Path) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Key, vocabulary and value of every line."""
    with path.open("rb") as file:
        next(file)
        for line in file:
            key, _, rest = line.rstrip(b"\n").partition(b"\t")
            name, _, value = rest.partition(b"=")
            yield key, name, value
