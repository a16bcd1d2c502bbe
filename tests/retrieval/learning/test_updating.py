"""Items that come and go in the versions of a retrieval run."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.retrieval.catalogue_file import read_catalogue, write_catalogue
from mtl_rec.retrieval.folder import RetrievalFolder
from mtl_rec.retrieval.towers import build_joint, build_towers
from mtl_rec.retrieval.two_towers import CANDIDATE, QUERY
from mtl_rec.retrieval.updating import update_items
from mtl_rec.retrieval.version_vectors import VersionVectors
from mtl_rec.whole_files import write_json

NEW = {"title": "thing 9", "tags": ["x"], "brand": "b1", "price": 0.25}


@pytest.fixture
def folder(prepared, design_of, run_config, tmp_path):
    """A run as `retrieve` leaves it, of towers that were not trained."""
    config = run_config(f"export.directory={tmp_path}/models")
    folder = RetrievalFolder.create(tmp_path / "runs", config)
    prepared.preprocessor.save(folder.preprocessor)
    design = design_of(prepared)
    towers = build_towers(design)
    towers.take(build_joint(design))
    for name, tower in ((QUERY, towers.query), (CANDIDATE, towers.candidate)):
        tower.save(folder.tower_path(name))
    pq.write_table(prepared.interactions.train.rows.slice(0, 40), folder.rows_path)
    (tmp_path / "first").mkdir()
    write_catalogue(tmp_path / "first", prepared.interactions.catalogue)
    write_json(folder.version_path, {"path": str(tmp_path / "first")})
    return folder


@pytest.mark.slow
def test_items_come_change_and_go_and_the_run_knows(folder, prepared, table):
    before = prepared.interactions.catalogue
    rows = table.head(2).assign(**{**NEW, "tags": [NEW["tags"]] * 2})
    rows["item_id"] = ["new", "i3"]

    made = update_items(folder, rows, ["i1", "i2"])

    assert (made.num_added, made.num_changed, made.num_removed) == (1, 1, 2)
    assert made.num_items == len(before) - 1
    path = made.version.path
    assert folder.read_json(folder.version_path) == {"path": str(path)}
    after = read_catalogue(path)
    gone = np.isin(before.item_ids, ["i1", "i2"])
    assert after.item_ids.tolist() == [*before.item_ids[~gone], "new"]
    known = dict(zip(after.item_ids, after.rows.to_pylist(), strict=True))
    was = dict(zip(before.item_ids, before.rows.to_pylist(), strict=True))
    assert known["new"].items() >= NEW.items()
    assert known["i3"].items() >= NEW.items()
    assert known["i5"] == was["i5"]
    vectors = VersionVectors(path).of_items(after.rows)
    assert np.isfinite(vectors).all()
    assert (vectors[-1] != vectors[after.item_ids == "i3"]).any()


@pytest.mark.parametrize(
    ("removed", "told"),
    [
        (["i1", "lost"], r"that are not: \['lost'\]"),
        ([f"i{number}" for number in range(30)], "must keep an item"),
    ],
)
def test_an_update_that_can_not_be_is_refused(folder, removed, told, tmp_path):
    with pytest.raises(SchemaError, match=told):
        update_items(folder, removed=removed)

    assert not (tmp_path / "models").exists()


def test_items_that_are_only_counted_get_no_vectors(folder, run_config):
    counted = run_config("retrieval.architecture={kind: popularity}")
    other = RetrievalFolder.create(folder.path.parents[1], counted)

    with pytest.raises(ArtifactError, match="popularity, which only counts events"):
        update_items(other, removed=["i1"])
