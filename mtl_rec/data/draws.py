"""Draws in [0, 1) that depend on a seed and on what they are for, never on order."""

import hashlib

import numpy as np
import pyarrow as pa
from pandas.util import hash_array


def draws_for_rows(first_row: int, num_rows: int, seed: int) -> np.ndarray:
    """A draw for each row by its number in the data.

    Args:
        first_row: Number of the first of the rows.
        num_rows: How many follow one another from there.
        seed: Which draws.

    Reference: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators",
        OOPSLA 2014 (SplitMix64): the n-th number is a function of n.
    """
    start = np.uint64(int.from_bytes(_seed_bytes(seed), "little"))
    numbers = np.arange(first_row + 1, first_row + num_rows + 1, dtype=np.uint64)
    mixed = start + numbers * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return _unit_interval(mixed ^ (mixed >> np.uint64(31)))


def draws_for_names(names: pa.Array, seed: int) -> np.ndarray:
    """A draw for each row by its name: equal names, equal draws.

    Args:
        names: Strings without missing ones.
        seed: Which draws.
    """
    encoded = names.dictionary_encode()
    distinct = encoded.dictionary.to_numpy(zero_copy_only=False).astype(object)
    key = _seed_bytes(seed).hex()
    # `pandas.util` loads it lazily, which hides its type.
    hashes = hash_array(  # pyright: ignore[reportCallIssue]
        distinct, hash_key=key, categorize=False
    )
    return _unit_interval(hashes)[encoded.indices.to_numpy()]


def _seed_bytes(seed: int) -> bytes:
    """Eight bytes that differ much between seeds that differ little."""
    return hashlib.blake2b(str(seed).encode(), digest_size=8).digest()


def _unit_interval(bits: np.ndarray) -> np.ndarray:
    return (bits >> np.uint64(11)) * 2.0**-53
