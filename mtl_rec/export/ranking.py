"""The graph of `rank`: one user encoded once, many candidates, one order."""

from collections.abc import Callable, Mapping, Sequence

import tensorflow as tf

from mtl_rec.config.export import Ranking
from mtl_rec.config.served_names import ORDER, SCORE
from mtl_rec.export.scores import score_terms
from mtl_rec.models.layers.request_rows import RequestGrid, requests_of_rows
from mtl_rec.preprocess.graph import EncodingGraph

Tensors = Mapping[str, tf.Tensor]


class RankingGraph:
    """Raw features of requests and of their candidates to outputs, score and order.

    The user's features have a row for each request. Those of items and of the context
    have one more dimension: a value for every candidate of the request, or a single one
    for all of them. What the user is, histories included, is looked up, encoded and
    multiplied once for each request, and its part of the first layer repeated.

    Args:
        encode: The whole encoding.
        predict: Packed inputs to outputs by name, `(rows, 1)` each.
        ranking: How the outputs become a score.
    """

    def __init__(
        self,
        encode: EncodingGraph,
        predict: Callable[[Tensors], Tensors],
        ranking: Ranking,
    ) -> None:
        self._encode_user = encode.of_sides("user")
        self._encode_candidate = encode.of_sides("item", "context")
        self._predict = predict
        self._ranking = ranking
        self._terms = score_terms(ranking, encode.schema.funnel)
        self.specs = self._encode_user.raw_signature() | {
            name: _with_candidates(spec)
            for name, spec in self._encode_candidate.raw_signature().items()
        }

    @property
    def has_candidates(self) -> bool:
        """Whether any feature can differ from one candidate to the next."""
        return bool(self._encode_candidate.raw_signature())

    def __call__(self, raw: Tensors) -> dict[str, tf.Tensor]:
        """Ranks the candidates of every request.

        Args:
            raw: As `specs` describes it; the user's `(requests, ...)`, the others
                `(requests, candidates or 1, ...)`.

        Returns:
            Every output, `(requests, candidates)` float32; their `score`, of the same
            shape; and `order`, `(requests, candidates or top k)` int32, the positions
            of candidates from the best to the worst.
        """
        users = {name: raw[name] for name in self._encode_user.raw_signature()}
        rest = {n: raw[n] for n in self._encode_candidate.raw_signature()}
        requests, candidates = _sizes(list(users.values()), list(rest.values()))
        rows = {n: _row_for_each(v, requests, candidates) for n, v in rest.items()}
        packed = self._encode_user(users) | self._encode_candidate(rows)
        with requests_of_rows(RequestGrid(requests, candidates)):
            outputs = self._predict(packed)
        shape = tf.stack([requests, candidates])
        outputs = {
            name: tf.cast(tf.reshape(values, shape), tf.float32)
            for name, values in outputs.items()
        }
        factor = self._ranking.times
        times = None
        if factor is not None:
            values = users[factor] if factor in users else rows[factor]
            times = _row_of_scores(values, factor in users, shape)
        score = self._score(outputs, times)
        return outputs | {SCORE: score, ORDER: self._order(score)}

    def _score(self, outputs: Tensors, times: tf.Tensor | None) -> tf.Tensor:
        """The product of all factors, in float64 until it is whole."""
        logs = tf.constant(0.0, tf.float64)
        for term in self._terms:
            factor = term.weight * _positive(outputs[term.output])
            logs += term.power * tf.math.log(factor)
        if times is not None:
            logs += tf.math.log(_positive(times))
        largest = tf.math.log(tf.constant(tf.float32.max, tf.float64))
        return tf.cast(tf.exp(tf.minimum(logs, largest)), tf.float32)

    def _order(self, score: tf.Tensor) -> tf.Tensor:
        """Of candidates with one score the first comes first."""
        most = tf.shape(score)[1]
        if self._ranking.top_k is not None:
            most = tf.minimum(most, self._ranking.top_k)
        return tf.math.top_k(score, most).indices


def _with_candidates(spec: tf.TensorSpec) -> tf.TensorSpec:
    rows, *others = spec.shape.as_list()
    return tf.TensorSpec([rows, None, *others], spec.dtype, name=spec.name)


def _sizes(
    users: Sequence[tf.Tensor], rest: Sequence[tf.Tensor]
) -> tuple[tf.Tensor, tf.Tensor]:
    """How many requests there are, and candidates of each."""
    requests = tf.shape(users[0] if users else rest[0])[0]
    widths = tf.stack([tf.shape(values)[1] for values in rest])
    # One value for all candidates; but no candidates are none.
    is_empty = tf.reduce_any(tf.equal(widths, 0))
    return requests, tf.where(is_empty, 0, tf.reduce_max(widths))


def _row_for_each(
    values: tf.Tensor, requests: tf.Tensor, candidates: tf.Tensor
) -> tf.Tensor:
    """`(requests, candidates or 1, ...)` to `(requests * candidates, ...)`."""
    others = values.shape.as_list()[2:]
    if others:
        # The same lists without a dimension for requests would be given to each.
        values = tf.ensure_shape(values, [None, None, *others])
    whole = tf.broadcast_to(values, tf.stack([requests, candidates, *others]))
    return tf.reshape(whole, [-1, *others])


def _row_of_scores(values: tf.Tensor, is_of_user: bool, shape: tf.Tensor) -> tf.Tensor:
    if is_of_user:
        return tf.broadcast_to(values[:, tf.newaxis], shape)
    return tf.reshape(values, shape)


def _positive(values: tf.Tensor) -> tf.Tensor:
    """In float64; 0 for what is missing, infinite or negative."""
    wide = tf.cast(values, tf.float64)
    is_usable = tf.logical_and(tf.math.is_finite(wide), wide > 0)
    return tf.where(is_usable, wide, tf.constant(0.0, tf.float64))
