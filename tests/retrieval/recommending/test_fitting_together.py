"""Versions that are used together: one catalogue, and features that all read alike."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.errors import ArtifactError
from mtl_rec.retrieval.catalogue import Catalogue
from mtl_rec.retrieval.catalogue_file import write_catalogue
from mtl_rec.retrieval.recommending.items import read_items
from mtl_rec.retrieval.recommending.requests import joint_inputs
from mtl_rec.serving.client.signatures import TensorType


@pytest.fixture
def version(tmp_path):
    """Writes what a version says of its items."""

    def write(name, ids, **features):
        catalogue = Catalogue(np.array(ids, object), pa.table(features))
        (tmp_path / name).mkdir()
        write_catalogue(tmp_path / name, catalogue)
        return tmp_path / name

    return write


def test_an_item_of_several_catalogues_is_there_once_as_the_first_describes_it(version):
    old = version("old", ["b", "a"], price=[1.0, 2.0])
    new = version("new", ["c", "b", "ä"], price=[3.0, 9.0, 4.0])

    items = read_items([old, new])

    assert items.item_ids.tolist() == ["b", "a", "c", "ä"]
    assert items.rows["price"].to_pylist() == [1.0, 2.0, 3.0, 4.0]
    assert items.positions["ä".encode()] == 3
    assert items.features_of(["c", "b"], ["price"]) == [{"price": 3.0}, {"price": 1.0}]


def test_catalogues_of_other_features_are_refused(version):
    old = version("old", ["a"], price=[1.0])
    new = version("new", ["a"], price=[1.0], brand=["acme"])

    with pytest.raises(ArtifactError, match=r"'brand'.*Export them from one config"):
        read_items([old, new])


def test_a_version_without_a_catalogue_is_refused(tmp_path):
    with pytest.raises(ArtifactError, match="`mtl-rec retrieve`"):
        read_items([tmp_path])


def test_a_feature_that_two_versions_read_differently_is_refused():
    user, short = TensorType("string", (None,)), TensorType("string", (None, 20))
    long = TensorType("string", (None, 50))
    ranker = (Path("ranker"), {"user_id": user, "history": long})

    joint = joint_inputs([(Path("source"), {"user_id": user}), ranker])

    assert joint == {"user_id": user, "history": long}
    with pytest.raises(ArtifactError, match=r"'history' is .*20\) in 'source', and"):
        joint_inputs([(Path("source"), {"history": short}), ranker])
