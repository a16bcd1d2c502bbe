"""`mtl-rec index`: what it builds, changes, measures and refuses."""

import json
import os

# Threads of faiss wait for each other where cores are shared.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.cli.app import main
from mtl_rec.config.retrieval_index import FaissIvfPq, FaissIvfSq
from mtl_rec.export.manifest import MANIFEST_FILE
from mtl_rec.retrieval import index_quality
from mtl_rec.retrieval.catalogue_file import write_catalogue
from mtl_rec.retrieval.index_quality import measured
from mtl_rec.retrieval.indexes import VectorIndex
from mtl_rec.retrieval.servable import RetrievalServable
from mtl_rec.retrieval.version_vectors import VersionVectors

NUM_ITEMS = 300


@pytest.fixture(scope="module")
def make_version(make_model, preprocessor, tmp_path_factory):
    """Writes a version that tells its config."""

    def make(seed):
        version = tmp_path_factory.mktemp("models") / "1"
        model = make_model(NUM_ITEMS, seed)
        RetrievalServable(model, top_k=20).write(version)
        write_catalogue(version, model.catalogue)
        features = preprocessor.schema.features
        config = {
            "name": "shop",
            "data": {
                "source": {"kind": "table", "path": "exposures.parquet"},
                "split": {"kind": "time", "column": "time"},
            },
            "model": {"architecture": {"kind": "shared_bottom"}},
            "features": [feature.model_dump(mode="json") for feature in features],
            "tasks": [{"name": "click"}],
            "retrieval": {"index": {"kind": "faiss_ivf_sq", "probes": 3}},
        }
        content = json.dumps({"format": 1, "config": config})
        (version / MANIFEST_FILE).write_text(content)
        return version

    return make


@pytest.fixture(scope="module")
def version(make_version):
    return make_version(0)


@pytest.fixture
def index(version, monkeypatch, tmp_path, capsys):
    """Runs the command in an empty folder; tells its code, output and error."""
    # How fast an index is, is not asked here.
    monkeypatch.setattr(index_quality, "_LEAST_SECONDS", 0.0)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.chdir(tmp_path)

    def run(*arguments, of=version):
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main(["index", str(of), "own", *arguments])
        output = capsys.readouterr()
        return exit_.value.code, output.out, " ".join(output.err.split())

    return run


def test_an_index_is_built_as_the_config_of_its_version_says(index, tmp_path):
    code, output, _ = index()

    built = json.loads(output)
    saved = VectorIndex.load(tmp_path / "own")
    assert code == 0
    assert saved.settings == FaissIvfSq(kind="faiss_ivf_sq", probes=3)
    assert built["settings"] == saved.settings.model_dump()
    assert len(saved) == built["items"] == built["added"] == NUM_ITEMS
    assert built["queries"] == {"of": "items", "number": NUM_ITEMS}


def test_settings_that_are_given_replace_those_of_the_config(index, rows, tmp_path):
    rows.to_parquet(tmp_path / "users.parquet")

    kind = ("--set", "kind=exact", "--format", "table")
    code, output, _ = index(*kind, "--users", "users.parquet")

    assert code == 0
    assert VectorIndex.load(tmp_path / "own").settings.kind == "exact"
    assert output.splitlines()[1].split() == ["recall@100", "1.0000", "1.0000"]
    assert f"{len(rows)} vectors of users" in output


def test_recall_is_the_share_of_the_true_best_items():
    random = np.random.default_rng(0)
    items, queries = random.normal(size=(2000, 8)), random.normal(size=(50, 8))
    coarse = FaissIvfPq(kind="faiss_ivf_pq", dims_per_code=2, reranked=1)
    index = VectorIndex.build(coarse, [str(item) for item in range(2000)], items)
    # Those that are gone are no longer among the best.
    index.remove([str(item) for item in range(100)])

    quality = measured(index, queries.astype(np.float32))

    true = 100 + np.argsort(-queries @ items[100:].T, axis=1)[:, :100]
    found = index.search(queries, 100).item_ids
    shared = [
        np.isin(own, best.astype(str)) for own, best in zip(found, true, strict=True)
    ]
    assert quality.recall == pytest.approx(np.mean(shared))
    assert 0.2 < quality.recall < 0.99
    assert (quality.k, quality.num_queries) == (100, 50)


def test_items_come_change_and_go(index, version, tmp_path):
    index()
    before = VectorIndex.load(tmp_path / "own")
    (tmp_path / "new.csv").write_text("item_id,price\nnew,3.5\ni7,120.0\n")
    (tmp_path / "gone.txt").write_text("i1\ni2\n")

    code, output, _ = index("--add", "new.csv", "--remove", "gone.txt")

    made = json.loads(output)
    assert code == 0
    assert (made["added"], made["changed"], made["removed"]) == (1, 1, 2)
    after = VectorIndex.load(tmp_path / "own")
    assert len(after) == made["items"] == NUM_ITEMS - 1
    assert "i1" not in after
    prices = np.array([3.5, 120], np.float32)
    described = pa.table({"item_id": ["new", "i7"], "price": prices})
    expected = VersionVectors(version).of_items(described)
    rows = after.stored.rows_of(["new", "i7"])
    np.testing.assert_allclose(after.stored.vectors[rows], expected, rtol=1e-5)
    same = [f"i{number}" for number in range(8, NUM_ITEMS)]
    np.testing.assert_array_equal(
        after.stored.vectors[after.stored.rows_of(same)],
        before.stored.vectors[before.stored.rows_of(same)],
    )
    found = after.search(expected[:1], NUM_ITEMS - 1).item_ids[0]
    assert {"new", "i7"} <= set(found)
    assert not {"i1", "i2", ""} & set(found)
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_change_that_is_refused_leaves_the_index_as_it_was(
    index, make_version, tmp_path
):
    index()
    (tmp_path / "gone.txt").write_text("i1\nunknown\n")
    (tmp_path / "gone_too.txt").write_text("i1\n")
    every = "".join(f"i{number}\n" for number in range(NUM_ITEMS))
    (tmp_path / "every.txt").write_text(every)
    (tmp_path / "new.csv").write_text("item_id\nnew\n")
    other = make_version(1)

    refusals = {
        "Not in it: 'unknown'": index("--remove", "gone.txt"),
        "must keep an item": index("--remove", "every.txt"),
        "price": index("--add", "new.csv"),
        "must hold vectors of": index("--remove", "gone_too.txt", of=other),
        "in a folder that is not there yet": index(),
    }

    for told, (code, output, error) in refusals.items():
        assert (code, output) == (1, "")
        assert told in error
    assert len(VectorIndex.load(tmp_path / "own")) == NUM_ITEMS


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--set", "kind=annoy"), 1, "'faiss_ivf_pq'"),
        (("--set", "kind=exact", "--set", "probes=3"), 1, "retrieval.index.probes"),
        (("--add", "new.csv", "--set", "probes=3"), 2, "keeps its settings"),
        (("--add", "new.csv"), 1, "no file 'new.csv'"),
    ],
)
def test_what_can_not_be_built_is_refused(index, arguments, code, told, tmp_path):
    found, _, error = index(*arguments)

    assert found == code
    assert told in error
    assert list(tmp_path.iterdir()) == []
