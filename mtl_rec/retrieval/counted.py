"""Scores that are counted, not trained: popularity and co-visitation."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from mtl_rec.config.retrieval import ItemKnn
from mtl_rec.retrieval.interactions import Events
from mtl_rec.retrieval.model import Score, Tensors

LAST = 1e-4
"""Share of popularity in scores of which it only decides who is last."""


@dataclass(frozen=True)
class Counted:
    """A score, and what it was counted into.

    Attributes:
        score: Packed inputs of users to `(batch, items)`.
        variables: That it reads. Constants would be in the graph of every signature.
    """

    score: Score
    variables: tuple[tf.Variable, ...]


def popularity_score(events: Events, num_items: int, any_input: str) -> Counted:
    """The same score of an item for all users: the weight of its events.

    Args:
        events: To count.
        num_items: Of the catalogue.
        any_input: A packed input, which says how many users there are.
    """
    counts = _held(item_weights(events, num_items))

    def score(inputs: Tensors) -> tf.Tensor:
        users = tf.shape(inputs[any_input])[0]
        return tf.broadcast_to(counts, [users, num_items])

    return Counted(score, (counts,))


def popularity_within_score(
    events: Events,
    num_items: int,
    history: str,
    values_of_items: np.ndarray,
    num_values: int,
) -> Counted:
    """Popularity times the share of a history that is of the item's own value.

    Items of no value in the history stand behind all others, by popularity.

    Args:
        events: To count.
        num_items: Of the catalogue.
        history: Packed input of ids, `(batch, length)`, 0 where there is none.
        values_of_items: `(items,)`, the id of each item's value.
        num_values: Ids that there are.
    """
    counts = _held(_shares_of_most(events, num_items))
    values = _held(values_of_items)

    def score(inputs: Tensors) -> tf.Tensor:
        ids = inputs[history]
        is_step = tf.cast(ids > 0, tf.float32)
        shares = tf.reduce_sum(
            tf.one_hot(ids, num_values) * is_step[:, :, tf.newaxis], axis=1
        )
        shares /= tf.maximum(tf.reduce_sum(is_step, axis=1, keepdims=True), 1.0)
        # A share is 1 over the length of a history at least.
        least = 1.0 / tf.cast(tf.shape(ids)[1] + 1, tf.float32)
        return counts * (tf.gather(shares, values, axis=1) + LAST * least)

    return Counted(score, (counts, values))


def item_weights(events: Events, num_items: int) -> np.ndarray:
    """How much all events of an item count together, `(items,)` float32."""
    return np.bincount(events.items, events.weights, num_items).astype(np.float32)


def item_knn_score(
    config: ItemKnn,
    events: Events,
    num_items: int,
    history: str,
    places_of_ids: np.ndarray,
) -> Counted:
    """The sum of an item's similarities to those of a history.

    Two items are as similar as the cosine of their users, with `shrinkage`. Items that
    are similar to none stand behind all others, by popularity.

    Args:
        config: Neighbours and shrinkage.
        events: Who touched what.
        num_items: Of the catalogue.
        history: Packed input of ids of items, `(batch, length)`.
        places_of_ids: `(ids,)`, the place in the catalogue of the item of each id,
            -1 where an id stands for no one item.
    """
    items, similarities = neighbours(config, events, num_items)
    known = places_of_ids >= 0
    of_ids = np.where(known[:, None], items[places_of_ids], 0)
    weights = np.where(known[:, None], similarities[places_of_ids], 0.0)
    own_items = _held(of_ids.astype(np.int32))
    own_weights = _held(weights.astype(np.float32))
    counts = _held(_shares_of_most(events, num_items))

    def score(inputs: Tensors) -> tf.Tensor:
        ids = inputs[history]
        users, size = tf.shape(ids)[0], tf.shape(ids)[1] * items.shape[1]
        brought = tf.reshape(tf.gather(own_items, ids), [users, size])
        weight = tf.reshape(tf.gather(own_weights, ids), [users, size])
        places = brought + tf.range(users)[:, tf.newaxis] * num_items
        summed = tf.math.unsorted_segment_sum(
            tf.reshape(weight, [-1]), tf.reshape(places, [-1]), users * num_items
        )
        return tf.reshape(summed, [users, num_items]) + LAST * counts

    return Counted(score, (own_items, own_weights, counts))


def _held(values: np.ndarray) -> tf.Variable:
    return tf.Variable(tf.constant(values), trainable=False)


def _shares_of_most(events: Events, num_items: int) -> np.ndarray:
    """Popularity of each item over that of the most popular one, `(items,)`."""
    counts = item_weights(events, num_items)
    return counts / max(counts.max(initial=0.0), np.float32(1e-9))


def neighbours(
    config: ItemKnn, events: Events, num_items: int
) -> tuple[np.ndarray, np.ndarray]:
    """The most similar items of each, `(items, neighbours)`, and how similar they are.

    Where there are fewer, places are filled with similarity 0.
    """
    # Of the extra, which no other kind needs.
    from scipy import sparse

    pairs = np.unique(events.users.astype(np.int64) * num_items + events.items)
    users, touched = np.divmod(pairs, num_items)
    touches: Any = sparse.csr_array(
        (np.ones(len(pairs), np.float32), (users, touched)),
        shape=(int(users.max(initial=0)) + 1, num_items),
    )
    together = (touches.T @ touches).tocsr()
    together.setdiag(0)
    together.eliminate_zeros()
    num_users = np.asarray(touches.sum(axis=0)) + config.shrinkage
    norms = 1 / np.sqrt(np.maximum(num_users, 1.0))
    similar = sparse.diags_array(norms) @ together @ sparse.diags_array(norms)
    return _largest(similar.tocsr(), min(config.neighbours, num_items))


def _largest(similar: Any, width: int) -> tuple[np.ndarray, np.ndarray]:
    items = np.zeros((similar.shape[0], width), np.int32)
    values = np.zeros((similar.shape[0], width), np.float32)
    for row, (start, stop) in enumerate(
        zip(similar.indptr[:-1], similar.indptr[1:], strict=True)
    ):
        own = similar.data[start:stop]
        best = np.argsort(-own, kind="stable")[:width]
        items[row, : len(best)] = similar.indices[start:stop][best]
        values[row, : len(best)] = own[best]
    return items, values


def places_of_ids(ids: np.ndarray, num_ids: int) -> np.ndarray:
    """The item that each id stands for, `(ids,)`; -1 where it is none or several."""
    places = np.full(num_ids, -1)
    places[ids] = np.arange(len(ids))
    places[np.bincount(ids, minlength=num_ids) != 1] = -1
    return places
