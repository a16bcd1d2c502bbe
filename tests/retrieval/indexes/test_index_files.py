import json

import numpy as np
import pytest

from mtl_rec.config.retrieval_index import Exact
from mtl_rec.errors import ArtifactError
from mtl_rec.export.checksums import CHECKSUMS_FILE, write_checksums
from mtl_rec.retrieval.indexes import VectorIndex


@pytest.fixture
def saved(tmp_path):
    index = VectorIndex.build(Exact(kind="exact"), ["a", "b"], np.eye(2))
    index.save(tmp_path / "saved")
    return tmp_path / "saved"


def test_an_index_that_is_loaded_answers_and_grows_as_the_saved_one(
    settings, ids, vectors, queries, tmp_path
):
    index = VectorIndex.build(settings, ids[:700], vectors[:700])
    index.remove(ids[:100])
    index.add(["Café ☕", *ids[700:900]], vectors[700:901])

    index.save(tmp_path / "deep" / "saved")
    loaded = VectorIndex.load(tmp_path / "deep" / "saved")

    before, after = (own.search(queries, 30) for own in (index, loaded))
    np.testing.assert_array_equal(before.item_ids, after.item_ids)
    np.testing.assert_array_equal(before.scores, after.scores)
    for own in (index, loaded):
        own.add(ids[901:], vectors[901:])
        own.remove(ids[200:300])
    assert len(loaded) == len(index)
    # Levels of a graph's new items are drawn anew.
    before, after = (own.search(queries, 30) for own in (index, loaded))
    assert (before.item_ids == after.item_ids).mean() > 0.9
    assert loaded.settings == settings
    assert "Café ☕" in loaded


def test_an_index_is_not_saved_over_another(saved):
    index = VectorIndex.load(saved)

    with pytest.raises(ArtifactError, match="not there yet"):
        index.save(saved)


def test_a_folder_of_something_else_is_no_index(tmp_path):
    with pytest.raises(ArtifactError, match=r"no saved index\. Build one by `mtl-rec"):
        VectorIndex.load(tmp_path)


def test_a_file_that_was_cut_is_noticed(saved):
    path = saved / "vectors.npy"
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(ArtifactError, match=r"damaged: File 'vectors\.npy' is not as"):
        VectorIndex.load(saved)


def test_a_file_that_is_gone_is_noticed(saved):
    (saved / "items.parquet").unlink()

    with pytest.raises(ArtifactError, match=r"'items\.parquet' is missing"):
        VectorIndex.load(saved)


def test_settings_of_another_version_are_named(saved):
    (saved / "settings.json").write_text(json.dumps({"kind": "exact", "other": 1}))
    (saved / CHECKSUMS_FILE).unlink()
    write_checksums(saved)

    with pytest.raises(ArtifactError, match="another version of mtl_rec"):
        VectorIndex.load(saved)


def test_a_save_that_fails_leaves_nothing(tmp_path, monkeypatch):
    index = VectorIndex.build(Exact(kind="exact"), ["a"], np.eye(1))

    def full(*arguments):
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="No space"):
        index.save(tmp_path / "saved")

    assert not list(tmp_path.iterdir())
