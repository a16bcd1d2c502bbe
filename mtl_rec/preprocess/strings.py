"""Columns of strings as their distinct strings and where these stand."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import Feature, Text

Encode = Callable[[Feature, np.ndarray], np.ndarray]
"""From `(n,)` strings of bytes of a feature to their ids, `(n, width)` int32."""

# Tokenising costs so much more than finding a text again; what more there is, is not.
_MAX_TEXTS = 2**18


def distinct(values: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """Strings, and for each of `values` the position of its own, `(n,)` int32.

    A dictionary that came with the values is taken as it is: it may hold strings that
    are not used, or one of them twice.
    """
    if not isinstance(values, pa.DictionaryArray):
        values = pc.dictionary_encode(values)
    return values.dictionary, values.indices.to_numpy()


def counted(values: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """The strings in `values` and how often each occurs."""
    strings, positions = distinct(values)
    counts = np.bincount(positions, minlength=len(strings))
    used = np.flatnonzero(counts)
    return strings.take(pa.array(used)), counts[used]


def as_bytes(strings: pa.Array) -> np.ndarray:
    """Strings as objects of bytes, whatever the bytes are."""
    return strings.cast(pa.binary()).to_numpy(zero_copy_only=False)


class StringIds:
    """Ids of one feature's strings, looked up once as long as their dictionary stays.

    Args:
        feature: A feature of strings.
        encode: Gives ids to strings.
    """

    def __init__(self, feature: Feature, encode: Encode) -> None:
        self._feature = feature
        self._encode = encode
        self._strings: pa.Array | None = None
        self._ids = np.empty((0, 0), np.int32)
        self._rows: dict[bytes, int] = {}
        self._known: np.ndarray | None = None

    def __call__(self, values: pa.Array) -> np.ndarray:
        """Ids of `(n,)` strings, `(n, width)` int32."""
        strings, positions = distinct(values)
        if len(strings) > 2 * len(values):
            # The dictionary is of many more rows than these.
            used = np.unique(positions)
            ids = self._ids_of(strings.take(pa.array(used)))
            return ids[np.searchsorted(used, positions)]
        if self._strings is None or not strings.equals(self._strings):
            self._strings, self._ids = strings, self._ids_of(strings)
        return self._ids.take(positions, axis=0)

    def _ids_of(self, strings: pa.Array) -> np.ndarray:
        texts = as_bytes(strings)
        if not isinstance(self._feature, Text):
            return self._encode(self._feature, texts)
        if len(self._rows) > _MAX_TEXTS:
            self._rows, self._known = {}, None
        new = [text for text in texts if text not in self._rows]
        if new or self._known is None:
            ids = self._encode(self._feature, np.array(new, object))
            known = ids if self._known is None else np.concatenate([self._known, ids])
            first = len(known) - len(new)
            self._rows.update(zip(new, range(first, len(known)), strict=True))
            self._known = known
        rows = np.fromiter(map(self._rows.__getitem__, texts), np.int64, len(texts))
        return self._known[rows]
