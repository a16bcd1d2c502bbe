"""The text file of all known values, which a look-up table reads as it is.

A line for each value, `<key>`, a tab, `<vocabulary>=<value>`: those of a vocabulary
stand together in the order of their ids. Equal keys of one vocabulary are equal values.
"""

from array import array
from collections.abc import Iterable, Sequence
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
    with path.open("rb") as file:
        next(file)
        for line in file:
            key, _, rest = line.partition(b"\t")
            keys.setdefault(rest.partition(b"=")[0], array("q")).append(int(key))
    return {name.decode(): np.array(own, np.int64) for name, own in keys.items()}
