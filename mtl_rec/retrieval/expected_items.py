"""The best items by NumPy, as a served search must find them."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from mtl_rec.config.served_names import ITEM_IDS, SCORES
from mtl_rec.export.answer_laws import row_sizes
from mtl_rec.export.proofs import MOST_RUNNERS_UP, Listing, SignatureProof
from mtl_rec.export.rungs.rung_protocol import Arrays
from mtl_rec.retrieval.lists import NO_SCORE

_UNKNOWN = "an item that is not there"


@dataclass(frozen=True)
class ExpectedItems:
    """Scores of all items to what a signature must answer.

    Args:
        item_ids: `(items,)` text.
        width: Items in an answer.
        share: How exact scores are, as a share of the largest of their row.
    """

    item_ids: np.ndarray
    width: int
    share: float

    def proof(
        self, inputs: dict[str, tf.TensorSpec], raw: Arrays, scores: np.ndarray
    ) -> SignatureProof:
        """The proof of a signature.

        Args:
            inputs: Of the signature.
            raw: Their values.
            scores: `(rows, items)` float32; `NO_SCORE` for what must not be found.
        """
        scores = np.where(np.isfinite(scores), scores, np.float32(NO_SCORE))
        order = np.argsort(-scores, axis=1, kind="stable")
        best = order[:, : self.width]
        found = np.take_along_axis(scores, best, axis=1)
        rest = order[:, self.width :][:, :MOST_RUNNERS_UP]
        rest_scores = np.take_along_axis(scores, rest, axis=1).astype(np.float64)
        last = np.where(found > NO_SCORE, found, np.inf).min(axis=1, keepdims=True)
        is_nearly = last - rest_scores <= 2 * self.share * row_sizes(found)
        most = int(is_nearly.sum(axis=1).max(initial=0))
        runners_up = self._ids(rest, is_nearly & (rest_scores > NO_SCORE))[:, :most]
        return SignatureProof(
            inputs,
            {
                ITEM_IDS: tf.TensorSpec([None, self.width], tf.string),
                SCORES: tf.TensorSpec([None, self.width], tf.float32),
            },
            raw,
            {ITEM_IDS: self._ids(best, found > NO_SCORE), SCORES: found},
            shares={SCORES: self.share},
            listings={ITEM_IDS: Listing(SCORES, runners_up)},
        )

    def exclusions(
        self, scores: np.ndarray, most: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Every second of each row's best, an unknown item and padding.

        Args:
            scores: `(rows, items)`.
            most: Items that are excluded of a row.

        Returns:
            Their ids, `(rows, any)`, and the scores without them.
        """
        best = np.argsort(-scores, axis=1, kind="stable")[:, : 2 * most : 2]
        without = scores.copy()
        np.put_along_axis(without, best, np.float32(NO_SCORE), axis=1)
        unknown = _UNKNOWN
        while unknown in self.item_ids:
            unknown += "?"
        others = np.tile(np.array([unknown, ""], object), (len(scores), 1))
        return np.concatenate([self.item_ids[best], others], axis=1), without

    def _ids(self, places: np.ndarray, is_there: np.ndarray) -> np.ndarray:
        return np.where(is_there, self.item_ids[places], "").astype(object)
