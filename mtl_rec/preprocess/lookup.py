"""One table for the vocabularies of all features."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tensorflow as tf

from mtl_rec.schema.fields import PADDING_ID, Vocabulary

# First line of the file. No key can equal it, as all keys have "=".
_HEADER = b"mtl_rec vocabulary\n"

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
    """Writes all known values, a line each, `<vocabulary>=<value>`."""
    with path.open("wb") as file:
        file.write(_HEADER)
        for name, known in values.items():
            prefix = f"{name}=".encode()
            file.writelines(prefix + value + b"\n" for value in known)


class FusedLookup:
    """Values to ids, `0` padding, then the unknown, then the known, by vocabulary.

    A key is the vocabulary's name, "=", and the value, so that one table and one
    look-up serve all features. Unknown values are spread over their vocabulary's
    out-of-vocabulary ids by a hash that no version of TensorFlow changes.

    Args:
        path: What `write_vocabularies` wrote.
        vocabularies: Those whose values are looked up, in the order of the file; one
            without known values has no lines there.
    """

    def __init__(self, path: Path, vocabularies: Iterable[Vocabulary]) -> None:
        self._first_line: dict[str, int] = {}
        line = 1
        for vocabulary in vocabularies:
            self._first_line[vocabulary.name] = line
            line += vocabulary.num_values
        initializer = tf.lookup.TextFileInitializer(
            str(path),
            key_dtype=tf.string,
            key_index=tf.lookup.TextFileIndex.WHOLE_LINE,
            value_dtype=tf.int64,
            value_index=tf.lookup.TextFileIndex.LINE_NUMBER,
        )
        self.table = tf.lookup.StaticHashTable(initializer, default_value=-1)

    def ids(self, values: tf.Tensor, columns: Sequence[StringColumns]) -> tf.Tensor:
        """Looks up strings, `(batch, width)`, whose columns are described in order.

        Returns:
            int32 ids, `(batch, width)`.
        """
        prefixes, offsets, num_unknown, padded = [], [], [], []
        for column in columns:
            own = column.vocabulary
            offset = 1 + own.num_out_of_vocabulary - self._first_line[own.name]
            prefixes += [f"{own.name}="] * column.width
            offsets += [offset] * column.width
            num_unknown += [own.num_out_of_vocabulary] * column.width
            padded += [column.is_padded] * column.width
        keys = tf.add(tf.constant(prefixes), values)
        line = self.table.lookup(keys)
        unknown = tf.constant(1, tf.int64)
        if max(num_unknown) > 1:
            hashed = tf.strings.to_hash_bucket_fast(keys, 2**63 - 1)
            unknown += hashed % tf.constant(num_unknown, tf.int64)
        ids = tf.where(line >= 0, line + tf.constant(offsets, tf.int64), unknown)
        if any(padded):
            is_padding = tf.logical_and(tf.constant(padded), tf.equal(values, ""))
            ids = tf.where(is_padding, tf.constant(PADDING_ID, tf.int64), ids)
        return tf.cast(ids, tf.int32)
