"""Vectors of texts, whatever stands beside them in a batch."""

import numpy as np
import pytest


@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_a_text_has_one_vector_alone_and_among_others(make_encoder, texts, pooling):
    encoder = make_encoder(pooling=pooling)

    together = encoder.encode(texts, batch_size=7)

    assert together.shape == (len(texts), encoder.dim)
    assert together.dtype == np.float32
    for text, vector in list(zip(texts, together, strict=True))[:12]:
        np.testing.assert_allclose(encoder.encode([text])[0], vector, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-6)
    assert len(np.unique(together.round(4), axis=0)) == len(set(texts))


def test_vectors_are_pooled_as_is_said(make_encoder):
    first, mean = (
        make_encoder(pooling=pooling, is_normalised=False)
        for pooling in ("first", "mean")
    )
    ids = np.array([[1, 7, 9, 2]])
    inputs = {"token_ids": ids, "padding_mask": np.ones_like(ids)}
    tokens = np.asarray(first.backbone(inputs))[0]
    text = chr(90 + 4) + chr(90 + 6)

    np.testing.assert_allclose(first.encode([text])[0], tokens[0], atol=1e-6)
    np.testing.assert_allclose(mean.encode([text])[0], tokens.mean(0), atol=1e-6)


def test_a_text_is_read_to_its_last_token_and_no_further(make_encoder):
    encoder = make_encoder(max_tokens=6)

    vectors = encoder.encode(["abcd", "abcd" * 5000, "abce"])

    np.testing.assert_array_equal(vectors[0], vectors[1])
    assert not np.array_equal(vectors[0], vectors[2])


def test_no_texts_have_no_vectors(make_encoder):
    assert make_encoder().encode([]).shape == (0, 5)


def test_progress_is_told_of_every_text_once(make_encoder, texts):
    told = []

    make_encoder().encode(texts, 8, told.append)

    assert told == [*range(8, len(texts), 8), len(texts)]


def test_encoders_that_give_other_vectors_have_other_fingerprints(make_encoder):
    same = make_encoder(), make_encoder()
    others = [make_encoder(seed=1), make_encoder(pooling="first")]
    others += [make_encoder(max_tokens=9), make_encoder(is_normalised=False)]

    assert same[0].fingerprint == same[1].fingerprint
    assert len({encoder.fingerprint for encoder in (same[0], *others)}) == 5
