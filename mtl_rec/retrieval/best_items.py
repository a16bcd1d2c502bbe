"""The graph of exact search: a score of every item, and the best of them."""

import tensorflow as tf

from mtl_rec.retrieval.lists import NO_SCORE
from mtl_rec.retrieval.model import Score, Tensors

_SCORES_AT_ONCE = 2**22


class BestItems:
    """Packed inputs of users to the best items of a catalogue.

    Many users are searched for in blocks: the memory that a request takes does not
    grow with the product of its rows and the items. What has no finite score is not
    found.

    Args:
        score: Packed inputs to `(batch, items)` float32.
        num_items: How many there are.
        top_k: How many are found for each user; all, if there are fewer.
    """

    def __init__(self, score: Score, num_items: int, top_k: int) -> None:
        self._score = score
        self._num_items = num_items
        self._rows_at_once = max(1, _SCORES_AT_ONCE // num_items)
        self.width = min(top_k, num_items)

    def __call__(
        self, packed: Tensors, excluded: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Searches for every user.

        Args:
            packed: `(batch, any)` each.
            excluded: `(batch, any)` int32 places of items that are not to be found;
                -1 excludes nothing.

        Returns:
            `(batch, width)` float32 scores, best first, `NO_SCORE` where none is left;
            and int32 places of the items, of the same shape.
        """
        asked = dict(packed)
        rows = tf.shape(next(iter(asked.values())))[0]
        if excluded is not None:
            # Else users whose row is missing would get what they must not.
            fits = tf.debugging.assert_equal(
                tf.shape(excluded)[0], rows, "Every user must have a row of exclusions."
            )
            with tf.control_dependencies([fits]):
                asked[""] = tf.identity(excluded)
        found = [
            tf.TensorArray(dtype, 0, True, element_shape=[None, self.width])
            for dtype in (tf.float32, tf.int32)
        ]

        def search(block: tf.Tensor, *arrays: tf.TensorArray) -> tuple:
            first = block * self._rows_at_once
            own = {n: v[first : first + self._rows_at_once] for n, v in asked.items()}
            best = self._search(own, own.pop("", None))
            written = [
                array.write(block, values)
                for array, values in zip(arrays, best, strict=True)
            ]
            return block + 1, *written

        blocks = -(-rows // self._rows_at_once)
        _, scores, places = tf.while_loop(
            lambda block, *_: block < blocks,
            search,
            (tf.constant(0), *found),
            parallel_iterations=1,
        )
        return scores.concat(), places.concat()

    def _search(
        self, packed: Tensors, excluded: tf.Tensor | None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        scores = tf.ensure_shape(self._score(packed), [None, self._num_items])
        scores = tf.where(tf.math.is_finite(scores), scores, NO_SCORE)
        if excluded is not None:
            is_named = tf.where(excluded >= 0)
            item = tf.gather_nd(excluded, is_named)
            places = tf.stack([tf.cast(is_named[:, 0], tf.int32), item], axis=1)
            nothing = tf.fill(tf.shape(item), tf.constant(NO_SCORE))
            scores = tf.tensor_scatter_nd_update(scores, places, nothing)
        best = tf.math.top_k(scores, self.width)
        return best.values, best.indices
