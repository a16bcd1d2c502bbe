"""Where items are in a catalogue, found by their ids inside a graph."""

import numpy as np
import tensorflow as tf

_HASHES = 2**63 - 1


class ItemPlaces(tf.Module):
    """The ids of a catalogue, both ways.

    Ids are found among their sorted hashes and compared as text. Unlike a table, that
    needs nothing to be filled when a version is loaded, and holds each id once.

    Args:
        item_ids: `(items,)` text, each once, none empty.
    """

    def __init__(self, item_ids: np.ndarray) -> None:
        super().__init__(name="item_places")
        with tf.device("CPU"):
            ids = tf.constant(item_ids.tolist(), tf.string)
            hashes = _hash(ids).numpy()
            order = np.argsort(hashes, kind="stable")
            self._ids = _stored(ids, "item_ids")
            self._hashes = _stored(tf.constant(hashes[order]), "item_hashes")
            self._order = _stored(tf.constant(order, tf.int32), "items_by_hash")

    def ids(self, places: tf.Tensor) -> tf.Tensor:
        """The ids at int32 places, of the same shape."""
        return tf.gather(self._ids, places)

    def places(self, item_ids: tf.Tensor) -> tf.Tensor:
        """The int32 places of ids, of the same shape; -1 where one is unknown."""
        asked = tf.reshape(item_ids, [1, -1])
        found = tf.searchsorted(tf.expand_dims(self._hashes, 0), _hash(asked))[0]
        found = tf.minimum(found, tf.shape(self._hashes)[0] - 1)
        places = tf.gather(self._order, found)
        is_it = tf.equal(self.ids(places), asked[0])
        return tf.reshape(tf.where(is_it, places, -1), tf.shape(item_ids))


def _stored(values: tf.Tensor, name: str) -> tf.Variable:
    return tf.Variable(values, trainable=False, name=name)


def _hash(values: tf.Tensor) -> tf.Tensor:
    """The hash that no version of TensorFlow changes; not negative."""
    return tf.strings.to_hash_bucket_fast(values, _HASHES)
