"""Texts cut by WordPiece and SentencePiece, to the served graph; needs `[text]`."""

import sys

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from mtl_rec.config.features import Text
from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.tasks import Task
from mtl_rec.config.tokens import SentencePieces, WordPieces
from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.export import export_model
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.preprocess.pieces import pieces_of
from mtl_rec.preprocess.text import tokenise
from mtl_rec.schema.rows import canonical
from mtl_rec.serving.local.loaded_version import LoadedVersion

PIECES = ["[UNK]", "red", "shoe", "##s", "tea", "##pot", "##p", "漂", "über"]
TEXTS = [
    *(
        "Red SHOES, teapot",
        "漂亮的红色连衣裙",
        "ÜBER cool 😀",
        "",
        "a\x00b",
        "x" * 3000,
    ),
    "red " * 1_000,
]


@pytest.fixture
def vocabulary(tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_text("\n".join(PIECES), encoding="utf-8")
    return path


@pytest.fixture
def has_text():
    pytest.importorskip("tensorflow_text", reason="needs the extra `text`")


@pytest.fixture
def sentence_model(has_text, tmp_path):
    trainer = pytest.importorskip("sentencepiece").SentencePieceTrainer
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("\n".join(t.lower() for t in TEXTS[:3] * 20), encoding="utf-8")
    prefix = str(tmp_path / "sp")
    trainer.train(
        input=str(corpus),
        model_prefix=prefix,
        vocab_size=40,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return tmp_path / "sp.model"


def cut(texts, tokens, max_bytes=1024, max_tokens=12):
    pieces = pieces_of(tokens)
    rows = tokenise(tf.constant(texts), max_bytes, max_tokens, tokens, pieces).numpy()
    return [[token.decode() for token in row if token] for row in rows]


def test_a_word_is_cut_into_its_longest_pieces(has_text, vocabulary):
    tokens = WordPieces(vocabulary=str(vocabulary))

    assert cut(["Red SHOES, teapot!", "", "红漂 shoered", "teas"], tokens) == [
        ["red", "shoe", "##s", "tea", "##pot"],
        [],
        ["[UNK]", "[UNK]"],
        ["tea", "##s"],
    ]


@pytest.mark.parametrize("kind", ["wordpiece", "sentencepiece"])
def test_any_bytes_are_cut_alike_alone_and_in_a_batch(kind, vocabulary, sentence_model):
    tokens = {
        "wordpiece": WordPieces(vocabulary=str(vocabulary)),
        "sentencepiece": SentencePieces(model=str(sentence_model)),
    }[kind]
    random = np.random.default_rng(0)
    texts = [random.bytes(size) for size in range(60)]

    together = tokenise(tf.constant(texts), 40, 8, tokens, pieces_of(tokens)).numpy()

    for text, row in zip(texts[::6], together[::6], strict=True):
        alone = tokenise(tf.constant([text]), 40, 8, tokens, pieces_of(tokens))
        assert alone.numpy()[0].tolist() == row.tolist()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ArtifactError, match=r"Received: '.*none.txt', which is not"):
        pieces_of(WordPieces(vocabulary=str(tmp_path / "none.txt")))


def test_without_the_extra_it_says_how_to_get_it(vocabulary, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_text", None)

    with pytest.raises(ConfigError, match=r"pip install \"mtl-rec\[text\]\""):
        pieces_of(WordPieces(vocabulary=str(vocabulary)))


def test_pieces_are_saved_and_served(vocabulary, sentence_model, tmp_path):
    features = (
        Text(
            kind="text",
            name="words",
            side="item",
            column="title",
            tokens=WordPieces(vocabulary=str(vocabulary)),
        ),
        Text(
            kind="text",
            name="sentence",
            side="item",
            column="title",
            tokens=SentencePieces(model=str(sentence_model)),
            num_buckets=50,
        ),
        Text(kind="text", name="query", side="user", column="title", shares="words"),
    )
    rows = pd.DataFrame({"title": TEXTS, "click": [1.0, 0.0] * 3 + [1.0]})
    preprocessor = Preprocessor.fit(features, (Task(name="click"),), rows)
    preprocessor.save(tmp_path / "preprocessor")
    for file in (vocabulary, sentence_model):
        file.unlink()

    loaded = Preprocessor.load(tmp_path / "preprocessor")

    assert loaded.fingerprint() == preprocessor.fingerprint()
    table = canonical(rows, features)
    raw = raw_tensors(loaded.schema, table)
    served = loaded.graph({n: tf.constant(v, tf.string) for n, v in raw.items()})
    encoded = preprocessor.encode(rows)
    for name in ("words", "sentence", "query"):
        assert served[name].numpy().tolist() == encoded.inputs[name].tolist()
    keras.utils.set_random_seed(0)
    bottom = SharedBottom(kind="shared_bottom", bottom_units=[4], tower_units=[4])
    model = build_model(Model(architecture=bottom), loaded.schema)

    exported = export_model(model, loaded, rows, tmp_path / "versions")

    differences = [rung.max_difference or 0.0 for rung in exported.rungs]
    assert max(differences) <= 1e-6
    LoadedVersion("pieces", 1, exported.path).close()
