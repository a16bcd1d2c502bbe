"""A source whose candidates an index finds: the same list, from fewer comparisons."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.config import load_config
from mtl_rec.config.retrieval_index import Exact
from mtl_rec.data import open_exposures
from mtl_rec.errors import ArtifactError
from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.catalogue import Catalogue
from mtl_rec.retrieval.catalogue_file import write_catalogue
from mtl_rec.retrieval.encoding import encode_side
from mtl_rec.retrieval.indexes import VectorIndex
from mtl_rec.retrieval.model import RetrievalModel
from mtl_rec.retrieval.recommending import open_recommender
from mtl_rec.retrieval.servable import RetrievalServable
from mtl_rec.retrieval.version_vectors import VersionVectors

REQUEST = {"user_id": "u3", "history": ["i1", "i2"], "age": 30.0, "hour": 9.0}
EXACT = Exact(kind="exact")
NEW = np.array([[1.0, 0, 0, 0]], np.float32)


@pytest.fixture(scope="module")
def vectored(exported, tmp_path_factory):
    """A version whose scores are products of vectors, and an index of its items."""
    place = tmp_path_factory.mktemp("vectored")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(exported.place)
        config = exported.config
        splits = open_exposures(config.data, config.features, config.tasks)
        preprocessor = Preprocessor.fit(config.features, config.tasks, splits.train)
    random = np.random.default_rng(3)
    table = tf.Variable(random.normal(size=(1000, 4)).astype(np.float32))
    shift = tf.Variable(random.normal(size=4).astype(np.float32))

    def encode_items(packed):
        ids = tf.reduce_sum(tf.gather(table, packed["item_ids"]), axis=1)
        # Prices are of all items their own: no two have one score.
        return ids + packed["item_numbers"][:, :1] * shift

    def encode_users(packed):
        return tf.gather(table, packed["user_ids"][:, 0] + 300) + shift

    ids = np.array(exported.catalogue["item_id"].to_pylist(), object)
    catalogue = Catalogue(ids, exported.catalogue)
    version = place / "shop-vectors" / "1"
    version.mkdir(parents=True)
    model = RetrievalModel(
        preprocessor,
        lambda packed: tf.matmul(encode_users(packed), items, transpose_b=True),
        (table, shift),
        catalogue,
        encode_items,
        encode_users,
    )
    # What the version scores with is what it makes of its items.
    items = encode_items(encode_side(preprocessor, catalogue.rows, "item"))
    RetrievalServable(model, top_k=12).write(version)
    write_catalogue(version, catalogue)
    vectors = VersionVectors(version).of_items(catalogue.rows)
    VectorIndex.build(EXACT, ids.tolist(), vectors).save(place / "index")
    return version, place / "index"


@pytest.fixture
def open_source(shop, vectored):
    """Opens a recommender of the one source, with an index or without."""

    def opened(index: Path | None, *settings, source="", version=vectored[0]):
        own = "" if index is None else f", index: '{index}'"
        described = f"{{name: tower, version: '{version}'{own}{source}}}"
        overrides = [
            "recommendation.list_length=100",
            f"recommendation.sources=[{described}]",
            *(f"recommendation.{setting}" for setting in settings),
        ]
        return open_recommender(load_config("shop.yaml", overrides))

    return opened


@pytest.mark.parametrize(
    ("source", "settings"),
    [
        ("", ()),
        ("", ("rules=[{kind: require, column: brand, one_of: [globex]}]",)),
        (", only: [{kind: require, column: item_id, one_of: [i5, i9, i11]}]", ()),
    ],
    ids=["all", "rule", "only"],
)
def test_an_index_changes_no_list_and_no_explanation(
    open_source, vectored, source, settings
):
    with_index = open_source(vectored[1], *settings, source=source)
    without = open_source(None, *settings, source=source)

    for excluded in ((), ("i5", "i7", "no such item")):
        made = with_index.recommend(REQUEST, excluded)
        expected = without.recommend(REQUEST, excluded)

        assert made.items
        assert made.removed == expected.removed
        assert made.candidates == expected.candidates
        for own, other in zip(made.items, expected.items, strict=True):
            assert (own.item_id, own.place) == (other.item_id, other.place)
            assert own.origins[0].place == other.origins[0].place
            assert own.origins[0].score == pytest.approx(other.origins[0].score, 1e-5)


def test_a_version_is_loaded_once_for_its_graph_and_its_index(
    open_source, vectored, monkeypatch
):
    loaded = []
    load = tf.saved_model.load

    def counted(path):
        loaded.append(path)
        return load(path)

    monkeypatch.setattr(tf.saved_model, "load", counted)
    open_source(vectored[1])

    assert loaded.count(str(vectored[0])) == 1


def test_an_item_that_no_catalogue_describes_is_named(open_source, vectored, tmp_path):
    index = VectorIndex.load(vectored[1])
    index.add(["launched today"], NEW)
    index.save(tmp_path / "index")

    with pytest.raises(ArtifactError, match=r"in none: \['launched today'\]"):
        open_source(tmp_path / "index")


def test_an_index_of_another_model_is_refused(open_source, vectored, tmp_path):
    stored = VectorIndex.load(vectored[1]).stored
    ids = stored.ids.tolist()
    other = np.roll(stored.vectors, 1, axis=1)
    VectorIndex.build(EXACT, ids, other).save(tmp_path / "other")
    wide = np.ones((len(ids), 5), np.float32)
    VectorIndex.build(EXACT, ids, wide).save(tmp_path / "wide")
    VectorIndex.build(EXACT, ["unknown"], NEW).save(tmp_path / "unknown")

    for name in ("other", "wide", "unknown"):
        with pytest.raises(ArtifactError, match="must hold vectors of"):
            open_source(tmp_path / name)


def test_an_index_of_a_version_without_vectors_is_refused(open_source, vectored):
    with pytest.raises(ArtifactError, match=r"popularity.* has no vectors"):
        open_source(vectored[1], version="saved_models/shop-popularity")
