"""Ids of pieces as the library has them that BERTs are trained with; needs `[text]`."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from tiny_bert import write_tiny_bert

from mtl_rec.config.features import Text
from mtl_rec.config.tasks import Task
from mtl_rec.errors import ArtifactError
from mtl_rec.preprocess import Preprocessor

tokenizers = pytest.importorskip("tokenizers", reason="needs the extra `text`")
pytest.importorskip("tensorflow_text", reason="needs the extra `text`")

LONGEST = 100
TEXTS = [
    *("Red SHOES, tea-pot!!", "ÜBER über", "漂亮的 blue漂", "", " \t\n\u3000 "),
    *("a\x00b\x0bc\x85d\u200be", "c\ufffdd", "ΣΑΣ red", "İa", "e\u0301-A\u030a"),
    *("a" * LONGEST, "a" * (LONGEST + 1), "é" * LONGEST, "각" * 34, "red " * 40),
]


def preprocessor_of(folder, max_tokens=12, max_bytes=1024):
    encoder = {"kind": "pretrained", "source": str(folder)}
    limits = {"max_tokens": max_tokens, "max_bytes": max_bytes}
    title = Text(kind="text", name="title", side="item", encoder=encoder, **limits)
    rows = pd.DataFrame({"title": ["red", "tea"], "click": [1.0, 0.0]})
    return Preprocessor.fit([title], (Task(name="click"),), rows)


def cut(preprocessor, texts):
    return preprocessor.graph({"title": tf.constant(texts)})["title"].numpy()


@pytest.mark.parametrize("is_cased", [False, True], ids=["uncased", "cased"])
def test_ids_are_those_of_the_reference(is_cased, tmp_path):
    folder = write_tiny_bert(tmp_path / "tiny", is_cased=is_cased)
    reference = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    reference.enable_truncation(12)
    reference.enable_padding(length=12)

    ids = cut(preprocessor_of(folder), TEXTS)

    for text, row in zip(TEXTS, ids, strict=True):
        assert row.tolist() == reference.encode(text).ids, repr(text)


def test_any_bytes_are_cut_alike_alone_and_in_a_batch(tmp_path):
    preprocessor = preprocessor_of(write_tiny_bert(tmp_path / "tiny"), max_bytes=40)
    random = np.random.default_rng(0)
    texts = [random.bytes(size) for size in range(60)]

    together = cut(preprocessor, texts)

    for text, row in zip(texts[::6], together[::6], strict=True):
        assert cut(preprocessor, [text])[0].tolist() == row.tolist()
    assert (np.count_nonzero(together == 3, axis=1) == 1).all()
    assert (np.count_nonzero(together == 4, axis=1) == 1).all()


def test_training_has_the_ids_of_the_served_graph_without_the_folder(tmp_path):
    folder = write_tiny_bert(tmp_path / "tiny")
    preprocessor = preprocessor_of(folder)
    preprocessor.save(tmp_path / "saved")
    folder.rename(tmp_path / "gone")
    rows = pd.DataFrame({"title": [*TEXTS, None]})

    loaded = Preprocessor.load(tmp_path / "saved")

    assert loaded.fingerprint() == preprocessor.fingerprint()
    encoded = loaded.encode(rows, with_labels=False)
    np.testing.assert_array_equal(encoded.inputs["title"], cut(loaded, [*TEXTS, ""]))
    assert encoded.counts["title"].missing == 2


def test_a_model_that_cuts_otherwise_is_refused(tmp_path):
    folder = write_tiny_bert(tmp_path / "tiny")
    cutter = tokenizers.Tokenizer(tokenizers.models.BPE({"a": 0}, []))
    cutter.save(str(folder / "tokenizer.json"))

    with pytest.raises(ArtifactError, match=r"as BERT does, .* Received: BPE, None"):
        preprocessor_of(folder)
