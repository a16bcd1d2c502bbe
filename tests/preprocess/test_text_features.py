"""Texts with other tokens than words, from what they learn to the ids they become."""

import pandas as pd
import pytest
import tensorflow as tf

from mtl_rec.config.features import Text
from mtl_rec.config.tasks import Task
from mtl_rec.config.tokens import Characters, WordsAndCharacters
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.rows import canonical

TASKS = (Task(name="click"),)
NGRAMS = WordsAndCharacters(min_n=3, max_n=3)


def text(name, side="item", **options):
    return Text(kind="text", name=name, side=side, **{"max_tokens": 12, **options})


def fit(frame, *features):
    rows = pd.DataFrame({"click": [1.0] * len(next(iter(frame.values()))), **frame})
    preprocessor = Preprocessor.fit(features, TASKS, rows)
    return preprocessor, preprocessor.encode(rows)


def test_a_text_learns_the_tokens_it_is_cut_into():
    preprocessor, encoded = fit(
        {"title": ["ab a", "b"], "name": ["one", ""]},
        text("title", tokens=Characters()),
        text("name", tokens=NGRAMS, max_tokens=3),
    )

    assert preprocessor.schema.vocabularies == {
        "title": Vocabulary("title", 1, 3, None),
        "name": Vocabulary("name", 1, 3, None),
    }
    # Padding, unknown, then `a` and `b`, which occur twice, and `_`.
    assert encoded.inputs["title"][:, :5].tolist() == [[2, 3, 4, 2, 0], [3, 0, 0, 0, 0]]
    assert encoded.inputs["name"].tolist() == [[3, 2, 4], [0, 0, 0]]


def test_a_text_may_use_the_tokens_and_the_ids_of_another():
    preprocessor, encoded = fit(
        {"title": ["red shoe", "sock"], "query": ["shoes", "red"]},
        text("title", tokens=NGRAMS),
        text("query", side="context", shares="title", max_tokens=8),
    )
    title, query = encoded.inputs["title"][0], encoded.inputs["query"]

    assert list(preprocessor.schema.vocabularies) == ["title"]
    # `<shoes>`, `oes` and `es>` are unknown; `<sh`, `sho` and `hoe` are in the title.
    assert [id_ in title for id_ in query[0][:6]] == [
        *(False, True, True, True, False, False),
    ]
    assert all(id_ in title for id_ in query[1])


@pytest.mark.parametrize("tokens", [Characters(), NGRAMS])
def test_hashed_tokens_are_not_learned_and_never_unknown(tokens):
    preprocessor, encoded = fit(
        {"title": ["red shoe", "", "red shoe"], "query": ["shoe", "x", ""]},
        text("title", tokens=tokens, num_buckets=1000),
        text("query", side="context", shares="title"),
    )
    new = preprocessor.encode(
        pd.DataFrame({"title": ["never seen"], "query": ["red shoe"]}), False
    )

    assert preprocessor.schema.vocabularies == {
        "title": Vocabulary("title", 1000, 0, None)
    }
    assert encoded.counts["title"].unknown == encoded.counts["query"].unknown == 0
    assert encoded.counts["title"].missing == encoded.counts["query"].missing == 1
    titles = encoded.inputs["title"]
    assert titles.max() <= 1000
    assert titles[1].tolist() == [0] * 12
    assert new.inputs["query"][0].tolist() == titles[0].tolist()
    assert new.inputs["title"][0].min() == 0 < new.inputs["title"][0][0]


def test_what_was_saved_cuts_texts_as_before(tmp_path):
    features = (
        text("title", tokens=NGRAMS, num_buckets=50),
        text("query", side="context", shares="title", max_tokens=5),
        text("name", tokens=Characters(), max_bytes=9),
    )
    names = [feature.name for feature in features]
    rows = ["Red SHOES", "漂亮连衣裙", "", "\x00é", "x" * 3000]
    preprocessor, encoded = fit(dict.fromkeys(names, rows), *features)
    preprocessor.save(tmp_path)

    loaded = Preprocessor.load(tmp_path)

    table = canonical(pd.DataFrame(dict.fromkeys(names, rows)), features)
    raw = raw_tensors(loaded.schema, table)
    served = loaded.graph({n: tf.constant(v, tf.string) for n, v in raw.items()})
    assert loaded.fingerprint() == preprocessor.fingerprint()
    for name in names:
        assert served[name].numpy().tolist() == encoded.inputs[name].tolist()
