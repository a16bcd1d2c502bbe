import numpy as np
import pytest

from mtl_rec.config.retrieval_index import Exact
from mtl_rec.errors import ArtifactError
from mtl_rec.retrieval.indexes import VectorIndex
from mtl_rec.retrieval.servable import RetrievalServable
from mtl_rec.retrieval.version_vectors import VersionVectors
from mtl_rec.schema.rows import canonical

EXACT = Exact(kind="exact")


@pytest.fixture(scope="module")
def vectors(version):
    return VersionVectors(version)


@pytest.fixture(scope="module")
def users(rows, preprocessor):
    return canonical(rows, preprocessor.schema.features).slice(0, 20)


@pytest.fixture
def index(vectors, model):
    catalogue = model.catalogue
    ids, rows = catalogue.item_ids.tolist(), catalogue.rows
    return VectorIndex.build(EXACT, ids, vectors.of_items(rows))


def test_an_index_of_a_version_answers_with_products_of_its_vectors(
    index, vectors, users, model
):
    of_users, of_items = vectors.of_users(users), vectors.of_items(model.catalogue.rows)

    found = index.search(of_users, 5)

    products = of_users @ of_items.T
    best = np.argsort(-products, axis=1)[:, :5]
    np.testing.assert_array_equal(found.item_ids, model.catalogue.item_ids[best])
    np.testing.assert_allclose(found.scores, np.sort(products)[:, :-6:-1], rtol=1e-5)


def test_an_item_that_is_newer_than_the_version_is_found_by_its_features(
    index, vectors, users, model
):
    of_users = vectors.of_users(users)
    before = index.search(of_users, 60)
    row = model.catalogue.rows.slice(7, 1)

    index.remove(["i7"])
    index.add(["launched today"], vectors.of_items(row))

    after = index.search(of_users, 60)
    renamed = np.where(before.item_ids == "i7", "launched today", before.item_ids)
    assert (renamed == after.item_ids).mean() > 0.99


def test_a_version_without_vectors_can_not_be_indexed(same_for_all, tmp_path):
    RetrievalServable(same_for_all, 5).write(tmp_path / "1")

    with pytest.raises(ArtifactError, match=r"lacks the signatures.*two_tower"):
        VersionVectors(tmp_path / "1")


def test_a_folder_of_something_else_is_no_version(tmp_path):
    with pytest.raises(ArtifactError, match="can't be loaded"):
        VersionVectors(tmp_path)
