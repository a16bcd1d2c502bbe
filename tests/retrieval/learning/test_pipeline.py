"""From a config to a judged and exported retrieval version."""

import importlib.util
import json
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.errors import ArtifactError, ConfigError, SchemaError
from mtl_rec.export.manifest import read_manifest
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.retrieval.encoding import encode_side
from mtl_rec.retrieval.folder import RetrievalFolder
from mtl_rec.retrieval.judged_users import JudgedUsers
from mtl_rec.retrieval.pipeline import require_extra, retrieve_run
from mtl_rec.retrieval.preparing import prepare_retrieval
from mtl_rec.retrieval.training import fit_retrieval, judge_retrieval

KEPT_BY_ALL = {
    *("data.json", "judgement.json", "judged_users.parquet"),
    *("preprocessor", "retrieval.yaml"),
}
OF_TOWERS = {
    "query_tower.keras",
    "candidate_tower.keras",
    "history.json",
    "logs",
    "ids",
}
KINDS = {
    "two_tower": (),
    "item_knn": ("retrieval.architecture={kind: item_knn}",),
    "popularity": ("retrieval.architecture={kind: popularity}",),
    "popularity within": (
        "retrieval.architecture={kind: popularity, within: brand}",
        "retrieval.exclude_seen=false",
    ),
}


@pytest.fixture(scope="module", params=KINDS)
def finished(request, run_config, tmp_path_factory):
    """Of each kind: its config, and what a run of it left."""
    place = tmp_path_factory.mktemp("retrieved")
    config = run_config(*KINDS[request.param], f"export.directory={place}/models")
    return config, retrieve_run(config, place / "runs"), place


def wanted_items(data, split="test"):
    """Of each query, the ids that it should find, and those to leave out."""
    queries, ids = data.queries[split], data.catalogue.item_ids
    return [
        [ids[own].tolist() for own in np.split(lists.items, lists.offsets[1:-1])]
        for lists in (queries.relevant, queries.seen)
    ]


@pytest.mark.slow
def test_a_run_leaves_what_it_is_made_of(finished):
    config, result, place = finished
    kind = config.retrieval.architecture.kind
    folder = result.folder

    names = {path.name for path in folder.path.iterdir()}
    assert folder.path.parent == place / "runs" / f"shop-{kind}"
    assert names >= KEPT_BY_ALL | {"version.json"}
    assert (names >= OF_TOWERS) == (kind == "two_tower")
    assert RetrievalFolder.open(folder.path) == folder
    assert json.loads(folder.judgement_path.read_text()).items() >= (
        result.judgement.plain().items()
    )
    assert result.version.path == place / "models" / f"shop-{kind}" / "1"
    users = JudgedUsers.read(folder.judged_users_path)
    for name, values in users.metrics.items():
        mean = result.judgement.estimates[name].value
        assert np.nanmean(values) == pytest.approx(mean, nan_ok=True)
    manifest = read_manifest(result.version.path)
    assert manifest["kind"] == "retrieval"
    assert manifest["metrics"] == result.judgement.plain_metrics()


@pytest.mark.slow
def test_the_version_answers_the_lists_that_were_judged(finished):
    config, result, _ = finished
    prepared = prepare_retrieval(config)
    data, schema = prepared.interactions, prepared.preprocessor.schema
    relevant, seen = wanted_items(data)
    signatures = tf.saved_model.load(str(result.version.path)).signatures
    taken = signatures["serving_default"].structured_input_signature[1]
    rows = data.query_rows["test"]
    raw = raw_tensors(schema, rows)
    users = {
        name: tf.constant(values, taken[name].dtype)
        for name, values in raw.items()
        if name in taken
    }

    if config.retrieval.exclude_seen:
        width = max(map(len, seen))
        padded = [[*own, *[""] * (width - len(own))] for own in seen]
        answered = signatures["excluding"](**users, excluded_items=tf.constant(padded))
    else:
        answered = signatures["serving_default"](**users)

    lists = [[own.decode() for own in row] for row in answered["item_ids"].numpy()]
    recalls = [
        len({*own} & {*goal}) / len(goal)
        for own, goal in zip(lists, relevant, strict=True)
    ]
    judged = result.judgement.estimates["recall@10"].value
    if config.retrieval.architecture.kind == "two_tower":
        assert np.mean(recalls) == pytest.approx(judged, abs=1e-6)
        return
    # Items of equal scores, of which counts have many, are drawn for the judgement.
    counted = fit_retrieval(prepared, result.folder.path).model
    again = judge_retrieval(prepared, counted)
    assert again.estimates["recall@10"].value == judged
    scores = counted.score(encode_side(prepared.preprocessor, rows, "user")).numpy()
    if config.retrieval.exclude_seen:
        lists_seen = data.queries["test"].seen
        scores[lists_seen.mask(scores.shape[1], slice(0, len(rows)))] = -np.inf
    best = -np.sort(-scores, axis=1)[:, : answered["scores"].shape[1]]
    is_there = np.isfinite(best)
    np.testing.assert_allclose(
        answered["scores"].numpy()[is_there], best[is_there], rtol=1e-5
    )
    assert [sum(own != "" for own in row) for row in lists] == is_there.sum(1).tolist()


@pytest.mark.slow
def test_saved_towers_give_the_scores_that_the_version_answers(finished):
    config, result, _ = finished
    if config.retrieval.architecture.kind != "two_tower":
        pytest.skip("has no towers")
    prepared = prepare_retrieval(config)
    schema, rows = prepared.preprocessor.schema, prepared.interactions.query_rows
    signature = tf.saved_model.load(str(result.version.path)).signatures["user_vectors"]
    raw = raw_tensors(schema, rows["test"])
    taken = signature.structured_input_signature[1]

    served = signature(**{n: tf.constant(raw[n], taken[n].dtype) for n in taken})

    tower = keras.models.load_model(result.folder.tower_path("query"))
    packed = prepared.preprocessor.encode(rows["test"], with_labels=False).inputs
    vectors = tower({name: packed[name] for name in tower.input})
    np.testing.assert_allclose(
        served["vector"], keras.ops.convert_to_numpy(vectors), atol=1e-5
    )
    judgement = json.loads(result.folder.judgement_path.read_text())
    assert set(judgement["factorized_top_k"]) == {
        "factorized_top_k/top_5_categorical_accuracy",
        "factorized_top_k/top_10_categorical_accuracy",
    }


@pytest.mark.parametrize(
    ("overrides", "error", "text"),
    [
        (
            ["evaluation.item=sku"],
            SchemaError,
            r"no column 'sku'.*evaluation\.item",
        ),
        (
            ["retrieval.architecture={kind: item_knn}", "evaluation.item=title"],
            ConfigError,
            "needs a sequence of the user",
        ),
        (
            ["data.source.path=/nowhere.parquet"],
            ArtifactError,
            "nowhere",
        ),
        (
            ["data.split.column=when"],
            SchemaError,
            "'when'",
        ),
    ],
)
def test_a_run_that_cannot_begin_leaves_no_folder(
    run_config, tmp_path, overrides, error, text
):
    config = run_config(f"export.directory={tmp_path}/models", *overrides)

    with pytest.raises(error, match=text):
        retrieve_run(config, tmp_path / "runs")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("two_tower", "tensorflow_recommenders"),
        ("content", "tf_keras"),
        ("item_knn", "scipy"),
    ],
)
def test_a_missing_extra_is_told_before_any_data_is_read(
    run_config, tmp_path, monkeypatch, kind, missing
):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == missing else find(name, *rest),
    )
    monkeypatch.delitem(sys.modules, "tensorflow_recommenders", False)
    config = run_config(
        f"retrieval.architecture={{kind: {kind}}}", "data.source.path=/nowhere.parquet"
    )

    with pytest.raises(ConfigError, match=rf"`{missing}`.*mtl-rec\[retrieval\]"):
        retrieve_run(config, tmp_path / "runs")


def test_popularity_needs_no_extra(run_config, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)

    require_extra(run_config(*KINDS["popularity"]).retrieval.architecture)


def test_a_folder_of_something_else_is_no_retrieval_run(tmp_path):
    (tmp_path / "run.yaml").touch()

    with pytest.raises(ArtifactError, match=r"finished retrieval run.*retrieval\.yaml"):
        RetrievalFolder.open(tmp_path)
