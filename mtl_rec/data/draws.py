"""Draws in [0, 1) that depend on a seed and on what they are for, never on order."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from pandas.util import hash_array

STRIDE = np.uint64(0x9E3779B97F4A7C15)
"""The odd number next to 2**64 over the golden ratio: its multiples spread evenly."""


def draws_for_rows(first_row: int, num_rows: int, seed: int) -> np.ndarray:
    """A draw for each row by its number in the data.

    Args:
        first_row: Number of the first of the rows.
        num_rows: How many follow one another from there.
        seed: Which draws.
    """
    numbers = np.arange(first_row + 1, first_row + num_rows + 1, dtype=np.uint64)
    return _unit_interval(_mixed(_seed_number(seed) + numbers * STRIDE))


def draws_for_keys(keys: Sequence[np.ndarray | int], seed: int) -> np.ndarray:
    """A draw for each row by several integers: equal keys, equal draws.

    Args:
        keys: `(n,)` each, or one number for all rows.
        seed: Which draws.
    """
    state = np.array([_seed_number(seed)])
    for key in keys:
        state = _mixed((state ^ np.asarray(key).astype(np.uint64)) + STRIDE)
    return _unit_interval(state)


def draws_for_names(names: pa.Array, seed: int) -> np.ndarray:
    """A draw for each row by its name: equal names, equal draws.

    Args:
        names: Strings without missing ones.
        seed: Which draws.
    """
    encoded = names.dictionary_encode()
    hashes = hashes_of_names(encoded.dictionary, seed)
    return _unit_interval(hashes)[encoded.indices.to_numpy()]


def hashes_of_names(names: pa.Array, seed: int) -> np.ndarray:
    """64 bits for each name, uint64.

    Args:
        names: Strings without missing ones.
        seed: Which bits.
    """
    # `pandas.util` loads it lazily, which hides its type.
    return hash_array(  # pyright: ignore[reportCallIssue]
        names.to_numpy(zero_copy_only=False).astype(object),
        hash_key=_seed_bytes(seed).hex(),
        categorize=False,
    )


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Numbers that differ in many bits where those received differ in one.

    Reference: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators",
        OOPSLA 2014 (SplitMix64).
    """
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _seed_number(seed: int) -> np.uint64:
    return np.uint64(int.from_bytes(_seed_bytes(seed), "little"))


def _seed_bytes(seed: int) -> bytes:
    """Eight bytes that differ much between seeds that differ little."""
    return hashlib.blake2b(str(seed).encode(), digest_size=8).digest()


def _unit_interval(bits: np.ndarray) -> np.ndarray:
    return (bits >> np.uint64(11)) * 2.0**-53
