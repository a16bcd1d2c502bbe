"""Retrieval runs are listed by the files that they leave."""

import json

import pytest
from run_files import write_run

from mtl_rec.config.loading import dump_config, load_config
from mtl_rec.errors import ArtifactError
from mtl_rec.retrieval.folder import RetrievalFolder
from mtl_rec.retrieval.listing import list_retrieval_runs

YAML = """\
name: tiny
data: {source: {kind: synthetic_shop}, split: {kind: random}}
features:
  - {kind: categorical, name: user_id, side: user}
  - {kind: categorical, name: item_id, side: item}
tasks: [{name: click}]
model: {architecture: {kind: mmoe}}
retrieval: {training: {epochs: 9}, cutoffs: [20, 50]}
"""
HISTORY = [{"loss": 5.0, "val_recall_50": v} for v in (0.1, 0.3, 0.2)]
JUDGEMENT = {
    "queries": 7,
    "metrics": {
        "recall@50": {"value": 0.25, "low": 0.2, "high": 0.3},
        "ndcg@50": {"value": 0.125, "low": 0.1, "high": 0.2},
        "coverage@50": {"value": 0.5, "low": None, "high": None},
    },
}
VERSION = {"path": "saved_models/tiny-two_tower/2"}


@pytest.fixture
def make_run(tmp_path):
    """Writes the folder of a run as far as it came."""

    def make(time, *overrides, **files):
        (tmp_path / "tiny.yaml").write_text(YAML)
        config = load_config(tmp_path / "tiny.yaml", overrides)
        kind = config.retrieval.architecture.kind
        folder = RetrievalFolder(tmp_path / "runs" / f"tiny-{kind}" / time)
        write_run(folder, dump_config(config), files)
        return folder

    return make


def test_a_finished_run_is_summed_up(make_run, tmp_path):
    make_run("20260101-120000", history=HISTORY, judgement=JUDGEMENT, version=VERSION)

    (run,) = list_retrieval_runs(tmp_path / "runs")

    assert (run.state, run.stage, run.architecture) == ("finished", "", "two_tower")
    assert (run.epochs, run.metric, run.best) == ((3, 9), "val_recall_50", 0.3)
    shown = {name: headline.value for name, headline in run.headlines.items()}
    assert shown == {"recall@50": 0.25, "ndcg@50": 0.125}
    assert run.version.name == "2"


def test_a_run_for_cold_items_is_summed_up_by_what_these_are_found(make_run, tmp_path):
    history = [
        {**epoch, "val_cold_only_recall_50": v}
        for epoch, v in zip(HISTORY, (0.03, 0.02, 0.01), strict=True)
    ]
    make_run(
        "20260101-120000", "retrieval.architecture={kind: content}", history=history
    )

    (run,) = list_retrieval_runs(tmp_path / "runs")

    assert (run.metric, run.best) == ("val_cold_only_recall_50", 0.03)


def test_what_is_counted_has_no_epochs(make_run, tmp_path):
    make_run("20260101-120000", "retrieval.architecture={kind: popularity}")

    (run,) = list_retrieval_runs(tmp_path / "runs")

    assert (run.architecture, run.epochs, run.best) == ("popularity", (0, None), None)


def test_a_run_tells_what_it_does_and_where_it_ended(make_run, tmp_path):
    folder = make_run("20260101-120000")

    def found():
        (run,) = list_retrieval_runs(tmp_path / "runs")
        return run.state, run.stage

    assert found() == ("interrupted", "train")
    with folder.locked():
        assert found() == ("running", "train")
    folder.judgement_path.write_text(json.dumps(JUDGEMENT))
    assert found() == ("interrupted", "export")


def test_the_newest_comes_first_and_no_folder_has_none(make_run, tmp_path):
    make_run("20260101-120000")
    make_run("20260102-120000", "retrieval.architecture={kind: content}")

    found = [run.architecture for run in list_retrieval_runs(tmp_path / "runs")]

    assert found == ["content", "two_tower"]
    assert list_retrieval_runs(tmp_path / "nowhere") == []


def test_a_damaged_config_is_named(make_run, tmp_path):
    folder = make_run("20260101-120000")
    folder.config_path.write_text("name: [")

    with pytest.raises(ArtifactError, match=r"retrieval\.yaml' is damaged"):
        list_retrieval_runs(tmp_path / "runs")
