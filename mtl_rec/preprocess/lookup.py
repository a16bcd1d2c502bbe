"""One table for the vocabularies of all features."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from mtl_rec.schema.fields import PADDING_ID, Vocabulary
from mtl_rec.schema.vocabulary_file import write_vocabulary_file

_HASHES = 2**63 - 1
_VALUES_AT_ONCE = 2**18

LINE_BREAKS = r"[\r\n]"
"""What a value can't have to be a line of the file; such values stay unknown."""


@dataclass(frozen=True)
class StringColumns:
    """Adjacent columns of strings that belong to one feature.

    Attributes:
        vocabulary: What they are looked up in.
        width: Number of columns.
        is_padded: Whether "" is padding rather than a value.
    """

    vocabulary: Vocabulary
    width: int
    is_padded: bool


def write_vocabularies(path: Path, values: Mapping[str, Iterable[bytes]]) -> None:
    """Writes all known values; the key of each is a hash of it and its vocabulary."""
    lines, keys = [], [np.array([], np.int64)]
    with tf.device("CPU"):
        for name, known in values.items():
            for chunk in _chunks(known):
                lines += [b"%s=%s" % (name.encode(), value) for value in chunk]
                keys.append(_hashes(chunk) ^ _salt(name))
    write_vocabulary_file(path, _distinct(np.concatenate(keys)), lines)


def _distinct(keys: np.ndarray) -> np.ndarray:
    """The keys; one that another has already becomes one that no value has.

    Its value is then unknown, which befalls one in 10^5 vocabularies of 10^7 values.
    """
    _, first = np.unique(keys, return_index=True)
    repeated = np.setdiff1d(np.arange(len(keys)), first, assume_unique=True)
    keys[repeated] = -2 - repeated
    return keys


def _chunks(values: Iterable[bytes]) -> Iterable[list[bytes]]:
    rest = iter(values)
    while chunk := list(itertools.islice(rest, _VALUES_AT_ONCE)):
        yield chunk


def _hashes(values: Sequence[bytes]) -> np.ndarray:
    return _hash(tf.constant(values, tf.string)).numpy()


def _hash(values: tf.Tensor) -> tf.Tensor:
    """The hash that no version of TensorFlow changes; not negative."""
    return tf.strings.to_hash_bucket_fast(values, _HASHES)


def _salt(vocabulary: str) -> int:
    return int(_hashes([vocabulary.encode()])[0])


class FusedLookup:
    """Values to ids, `0` padding, then the unknown, then the known, by vocabulary.

    A key is the 63-bit hash of the value, xor that of the vocabulary's name, so that
    one table and one look-up serve all features, and no string is copied. Among 10^7
    known values one in 10^11 unknown ones is taken for another. The unknown are spread
    over their vocabulary's out-of-vocabulary ids by their key.

    Args:
        path: What `write_vocabularies` wrote.
        vocabularies: Those whose values are looked up, in the order of the file; one
            without known values has no lines there.
    """

    def __init__(self, path: Path, vocabularies: Iterable[Vocabulary]) -> None:
        self._first_line: dict[str, int] = {}
        self._salts: dict[str, int] = {}
        line = 1
        for vocabulary in vocabularies:
            self._first_line[vocabulary.name] = line
            self._salts[vocabulary.name] = _salt(vocabulary.name)
            line += vocabulary.num_values
        initializer = tf.lookup.TextFileInitializer(
            str(path),
            key_dtype=tf.int64,
            key_index=0,
            value_dtype=tf.int64,
            value_index=tf.lookup.TextFileIndex.LINE_NUMBER,
            delimiter="\t",
        )
        self.table = tf.lookup.StaticHashTable(initializer, default_value=-1)

    def ids(self, values: tf.Tensor, columns: Sequence[StringColumns]) -> tf.Tensor:
        """Looks up strings, `(batch, width)`, whose columns are described in order.

        Returns:
            int32 ids, `(batch, width)`.
        """
        salts, offsets, num_unknown, padded = [], [], [], []
        for column in columns:
            own = column.vocabulary
            offset = 1 + own.num_out_of_vocabulary - self._first_line[own.name]
            salts += [self._salts[own.name]] * column.width
            offsets += [offset] * column.width
            num_unknown += [own.num_out_of_vocabulary] * column.width
            padded += [column.is_padded] * column.width
        keys = tf.bitwise.bitwise_xor(_hash(values), tf.constant(salts, tf.int64))
        line = self.table.lookup(keys)
        ids = line + tf.constant(offsets, tf.int64)
        if max(num_unknown) == 1:
            # Line -1 and an offset of 1 at most: where it is unknown, that is below 1.
            ids = tf.maximum(ids, tf.constant(1, tf.int64))
        else:
            unknown = 1 + keys % tf.constant(num_unknown, tf.int64)
            ids = tf.where(line >= 0, ids, unknown)
        if any(padded):
            is_padding = tf.logical_and(tf.constant(padded), tf.equal(values, ""))
            ids = tf.where(is_padding, tf.constant(PADDING_ID, tf.int64), ids)
        return tf.cast(ids, tf.int32)
