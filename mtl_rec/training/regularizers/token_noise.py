"""Texts whose tokens are left out and change places."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras import ops

from mtl_rec.training.regularizers.keyed_shares import keyed_shares


@dataclass(frozen=True)
class TokenNoise:
    """Changes the tokens of a text at random.

    Padding stays at the end: what follows a token that is left out moves up.

    Attributes:
        input_name: The ids of the tokens.
        dropout: Share of the tokens that are left out.
        swap: Share of the pairs of neighbours that change places; a token is in one
            pair at a step.
        kept: Ids that always stay where they are, such as those of the ends.

    Reference: Wei and Zou, "EDA: Easy Data Augmentation Techniques for Boosting
    Performance on Text Classification Tasks", EMNLP 2019, random deletion and, of
    neighbours alone, random swap.
    """

    input_name: str
    dropout: float
    swap: float
    kept: Sequence[int] = ()

    def __call__(self, ids: Any, step: Any) -> Any:
        """The ids of a batch, `(rows, length)`, in a step."""
        if self.swap:
            ids = self._swapped(ids, step)
        if self.dropout:
            ids = self._thinned(ids, step)
        return ids

    def _swapped(self, ids, step):
        num_rows, length = ops.shape(ids)
        purpose = f"swap {self.input_name}"
        # In half of the rows a pair begins at the first token, else at the second.
        start = keyed_shares((num_rows, 1), step, f"{purpose}, where") < 0.5
        is_even = ops.equal(ops.arange(length) % 2, 0)
        is_first = ops.equal(start, is_even)
        drawn = keyed_shares((num_rows, length), step, purpose) < self.swap
        following = ops.pad(ids[:, 1:], ((0, 0), (0, 1)))
        leads = ops.logical_and(
            ops.logical_and(is_first, drawn), ops.not_equal(following, 0)
        )
        if self.kept:
            stays = ops.logical_or(self._is_kept(ids), self._is_kept(following))
            leads = ops.logical_and(leads, ops.logical_not(stays))
        before = ops.pad(ids[:, :-1], ((0, 0), (1, 0)))
        follows = ops.pad(leads[:, :-1], ((0, 0), (1, 0)))
        return ops.where(leads, following, ops.where(follows, before, ids))

    def _thinned(self, ids, step):
        shape = ops.shape(ids)
        drawn = keyed_shares(shape, step, f"dropout {self.input_name}") < self.dropout
        if self.kept:
            drawn = ops.logical_and(drawn, ops.logical_not(self._is_kept(ids)))
        left_out = ops.logical_or(drawn, ops.equal(ids, 0))
        # Those that stay first, in their order: places are distinct, so is the sorting.
        places = ops.arange(shape[1]) + shape[1] * ops.cast(left_out, "int32")
        order = ops.argsort(places, axis=1)
        kept = ops.where(left_out, ops.zeros_like(ids), ids)
        return ops.take_along_axis(kept, order, axis=1)

    def _is_kept(self, ids):
        return functools.reduce(
            ops.logical_or, (ops.equal(ids, own) for own in self.kept)
        )
