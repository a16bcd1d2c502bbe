"""A language model with its tokeniser, from texts to vectors."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np

from mtl_rec.pretrained.sentence_settings import SentenceSettings

LENGTH_STEP = 16
"""Texts are padded to multiples of so many tokens: each length is compiled once."""

TokenIds = Sequence[Sequence[int]]


@dataclass(frozen=True)
class TextEncoder:
    """Frozen; equal texts have equal vectors.

    Attributes:
        backbone: Of KerasHub: token ids to a vector for each token.
        tokenise: Texts to token ids with those around a text, at most as many as asked.
        tokeniser: All that `tokenise` depends on, as text.
        settings: What makes one vector of a text's many.
    """

    backbone: keras.Model
    tokenise: Callable[[Sequence[str], int], TokenIds]
    tokeniser: str
    settings: SentenceSettings

    @property
    def dim(self) -> int:
        """Numbers of a vector."""
        return _of_tokens(self.backbone.output).shape[-1]

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all that decides a text's vector, but for rounding."""
        digest = hashlib.sha256(f"{asdict(self.settings)}\n{self.tokeniser}".encode())
        for weight in self.backbone.weights:
            # Not the names, which are counted up within a process.
            digest.update(f"{weight.shape}".encode())
            values = np.asarray(keras.ops.convert_to_numpy(weight))
            digest.update(np.ascontiguousarray(values).data)
        return digest.hexdigest()

    def encode(
        self,
        texts: Sequence[str],
        batch_size: int = 64,
        progress: Callable[[int], object] = lambda done: None,
    ) -> np.ndarray:
        """Vectors of texts, `(texts, dim)` float32.

        Args:
            texts: In any language; what is too long is cut.
            batch_size: Texts at once, of much the same length.
            progress: Is told how many texts are done.
        """
        tokens = self.tokenise(texts, self.settings.max_tokens)
        order = sorted(range(len(texts)), key=lambda place: len(tokens[place]))
        vectors = np.empty((len(texts), self.dim), np.float32)
        for start in range(0, len(order), batch_size):
            places = order[start : start + batch_size]
            vectors[places] = self._encoded([tokens[place] for place in places])
            progress(start + len(places))
        return vectors

    def _encoded(self, tokens: TokenIds) -> np.ndarray:
        longest = max(map(len, tokens))
        shape = len(tokens), -(-longest // LENGTH_STEP) * LENGTH_STEP
        ids = np.zeros(shape, np.int32)
        mask = np.zeros(shape, np.int32)
        for row, own in enumerate(tokens):
            ids[row, : len(own)] = own
            mask[row, : len(own)] = 1
        inputs = {
            "token_ids": ids,
            "padding_mask": mask,
            "segment_ids": np.zeros(shape, np.int32),
        }
        inputs = {name: inputs[name] for name in self.backbone.input}
        outputs = _of_tokens(self.backbone.predict_on_batch(inputs))
        return self._pooled(np.asarray(outputs, np.float32), mask[..., np.newaxis])

    def _pooled(self, outputs: np.ndarray, mask: np.ndarray) -> np.ndarray:
        match self.settings.pooling:
            case "mean":
                vectors = (outputs * mask).sum(axis=1) / mask.sum(axis=1)
            case "first":
                vectors = outputs[:, 0]
        if not self.settings.is_normalised:
            return vectors
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.maximum(lengths, np.finfo(np.float32).tiny)


def _of_tokens(outputs: Any) -> Any:
    """The vectors of all tokens: BERT gives another one beside them."""
    return outputs["sequence_output"] if isinstance(outputs, dict) else outputs
