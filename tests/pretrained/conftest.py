"""A language model of a few numbers, which needs no extra."""

import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.pretrained import TextEncoder
from mtl_rec.pretrained.sentence_settings import SentenceSettings

DIM = 5


def tokenise(texts, max_tokens):
    """A token for each character, between those of the ends."""
    ids = [[ord(c) % 90 + 3 for c in text][: max_tokens - 2] for text in texts]
    return [[1, *own, 2] for own in ids]


@pytest.fixture
def make_encoder():
    """An encoder whose tokens see the mean of all that are no padding."""

    def make(seed=0, **settings):
        ids = keras.Input((None,), dtype="int32", name="token_ids")
        mask = keras.Input((None,), dtype="int32", name="padding_mask")
        start = keras.initializers.RandomNormal(seed=seed)
        own = keras.layers.Embedding(93, DIM, embeddings_initializer=start)(ids)
        weights = ops.expand_dims(ops.cast(mask, "float32"), -1)
        total = ops.sum(own * weights, axis=1, keepdims=True)
        around = total / ops.sum(weights, axis=1, keepdims=True)
        inputs = {"token_ids": ids, "padding_mask": mask}
        backbone = keras.Model(inputs, ops.tanh(own * 40.0 + around))
        return TextEncoder(backbone, tokenise, "ours", SentenceSettings(**settings))

    return make


@pytest.fixture
def texts():
    """Short and long, several alike."""
    random = np.random.default_rng(0)
    lengths = random.integers(0, 60, 40)
    letters = [random.integers(97, 123, n) for n in lengths]
    return ["", "a", "a", *("".join(map(chr, own)) for own in letters)]
