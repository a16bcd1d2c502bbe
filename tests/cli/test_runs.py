"""`mtl-rec runs` and `mtl-rec compare`: what they show and refuse."""

import json

import numpy as np
import pytest
from run_files import write_run

from mtl_rec.cli.sparklines import sparkline
from mtl_rec.retrieval.folder import RetrievalFolder
from mtl_rec.retrieval.judged_users import JudgedUsers
from mtl_rec.run.folder import RunFolder

CONFIG = """\
name: {name}
tasks: [{{name: {task}}}]
model: {{architecture: {{kind: {kind}}}}}
training: {{epochs: 3, early_stopping: {{metric: val_{task}_auc}}}}
"""


@pytest.fixture
def make_run(tmp_path):
    """Writes a run's folder into the working directory."""

    def make(name, time, auc, kind="mmoe", task="click", rows="a"):
        folder = tmp_path / "working_directory" / "runs" / name / time
        files = {
            "history": [{f"val_{task}_auc": auc - 0.1}, {f"val_{task}_auc": auc}],
            "data": {"test": {"rows": 9, "fingerprint": rows}},
            "metrics": {task: {"rows": 9, "auc": auc}},
            "version": {"path": "saved_models/shop/1"},
        }
        text = CONFIG.format(name=name, kind=kind, task=task)
        write_run(RunFolder(folder), text, files)

    return make


def rows_of(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_runs_are_listed_by_name_with_their_metrics(run, make_run):
    make_run("shop", "20260101-120000", 0.7)
    make_run("shop", "20260102-120000", 0.8, "shared_bottom")
    make_run("other", "20260103-120000", 0.6, task="buy")

    text = run("runs", "--format", "table").output

    other, _, third, _, shop, _, second, first = rows_of(text)
    assert (other, shop) == (["other"], ["shop"])
    assert third[:4] == ["20260103-120000", "finished", "2/3", "mmoe"]
    assert second == [
        *("20260102-120000", "finished", "2/3", "shared_bottom", "tensorflow"),
        *("click", "auc", "0.8000", "auc", "0.8000", "1"),
    ]
    assert first[0] == "20260101-120000"


def test_a_program_gets_the_runs_in_the_order_it_asks_for(run, make_run):
    make_run("shop", "20260101-120000", 0.9)
    make_run("shop", "20260102-120000", 0.8)

    def order(*arguments):
        shown = json.loads(run("runs", *arguments).output)
        return [entry["test"]["click"]["auc"] for entry in shown]

    assert order() == [0.8, 0.9]
    assert order("--sort", "click") == order("--sort", "best") == [0.9, 0.8]


RETRIEVAL = """\
name: shop-{kind}
tasks: [{{name: click}}]
retrieval: {{architecture: {{kind: {kind}}}, cutoffs: [20, 100]}}
"""


@pytest.fixture
def make_retrieval(tmp_path):
    """The same of a retrieval run, which was counted."""

    def make(kind, time, recall, by_user=None, users="a"):
        place = tmp_path / "working_directory" / "runs" / f"shop-{kind}" / time
        folder = RetrievalFolder(place)
        metrics = {"recall@100": {"value": recall, "low": None, "high": None}}
        files = {
            "data": {"test": {"users": 9, "fingerprint": users}},
            "judgement": {"metrics": metrics},
            "version": {"path": f"saved_models/shop-{kind}/1"},
        }
        write_run(folder, RETRIEVAL.format(kind=kind), files)
        if by_user is not None:
            ids = np.array([f"{users}{n}" for n in range(len(by_user))], object)
            judged = JudgedUsers(ids, np.ones(len(ids), int), {"recall@100": by_user})
            judged.write(folder.judged_users_path)

    return make


def test_runs_of_retrieval_are_listed_among_the_others(run, make_run, make_retrieval):
    make_run("shop", "20260102-120000", 0.7)
    make_retrieval("popularity", "20260103-120000", 0.25)
    make_retrieval("item_knn", "20260101-120000", 0.5)

    text = run("runs", "--format", "table").output
    by_recall = json.loads(run("runs", "--sort", "recall@100").output)

    rows = rows_of(text)
    names = [row for row in rows if row and row[0].startswith("shop")]
    assert names == [["shop-popularity"], ["shop"], ["shop-item_knn"]]
    (counted,) = [row for row in rows if "popularity" in row]
    assert counted == [
        *("20260103-120000", "finished", "0", "popularity", "tensorflow"),
        *("0.2500", "1"),
    ]
    assert [entry["architecture"] for entry in by_recall] == [
        *("item_knn", "popularity", "mmoe")
    ]
    assert by_recall[0]["test"]["recall@100"]["value"] == 0.5


def test_retrieval_alone_is_no_empty_list(run, make_retrieval):
    make_retrieval("popularity", "20260103-120000", 0.25)

    (entry,) = json.loads(run("runs").output)

    assert entry["name"] == "shop-popularity"


def test_an_unknown_order_is_refused(run, make_run):
    make_run("shop", "20260101-120000", 0.9)

    outcome = run("runs", "--sort", "clik")

    assert outcome.code == 1
    assert "'best', 'click']. Received: 'clik'. Did you mean 'click'?" in outcome.error


def test_two_runs_are_put_beside_each_other(run, make_run):
    make_run("shop", "20260101-120000", 0.7)
    make_run("shop", "20260102-120000", 0.8, "shared_bottom")

    text = run("compare", "20260101", "20260102", "--format", "table").output

    rows = rows_of(text)
    assert ["model.architecture.kind", "mmoe", "shared_bottom"] in rows
    assert ["click", "auc", "A", "▁▄", "0.6000", "0.7000", "0.7000"] in rows
    assert ["B", "▅█", "0.7000", "0.8000", "0.8000"] in [row[-5:] for row in rows]
    assert ["click", "AUC", "0.7000", "0.8000", "+0.10000"] in rows
    assert "All splits hold the same rows." in text


def test_other_rows_are_warned_of(run, make_run):
    make_run("shop", "20260101-120000", 0.7)
    make_run("shop", "20260102-120000", 0.8, rows="b")

    text = run("compare", "20260101", "20260102", "--format", "table").output

    assert "The rows of test are not the same" in text
    as_json = json.loads(run("compare", "20260101", "20260102").output)
    assert as_json["same_data"] == {"test": False}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["20260101"], "takes two runs or more. Received: 1."),
        (["20260101", "shop"], "takes different runs. Received twice: "),
    ],
)
def test_one_run_has_nothing_to_be_compared_with(run, make_run, given, message):
    make_run("shop", "20260101-120000", 0.7)

    outcome = run("compare", *given)

    assert outcome.code == 1
    assert message in outcome.error


def test_lists_are_compared_user_by_user(run, make_retrieval):
    recalls = np.linspace(0, 0.8, 50)
    make_retrieval("popularity", "20260101-120000", 0.4, recalls)
    make_retrieval("item_knn", "20260102-120000", 0.5, recalls + 0.1)

    asked = "compare", "shop-popularity", "shop-item_knn"
    text = run(*asked, "--format", "table").output
    as_json = json.loads(run(*asked).output)

    rows = rows_of(text)
    assert ["retrieval.architecture.kind", "popularity", "item_knn"] in rows
    # All users gain the same, so that no draw of them gives another difference.
    difference = ["+0.10000", "(+0.10000", "to", "+0.10000)", "*"]
    assert ["recall@100", "0.4000", "0.5000", *difference] in rows
    assert "validation, by epoch" not in text
    assert "All splits hold the same rows." in text
    assert as_json["metrics"]["recall@100"]["value"] == [0.4, 0.5]
    (own,) = as_json["differences_from_first"]
    assert own["recall@100"]["value"]["difference"] == pytest.approx(0.1)


@pytest.mark.parametrize("kept", [None, np.full(50, 0.7)], ids=["none", "others"])
def test_lists_of_other_users_have_no_interval(run, make_retrieval, kept):
    make_retrieval("popularity", "20260101-120000", 0.4, np.full(50, 0.4))
    make_retrieval("item_knn", "20260102-120000", 0.5, kept, users="b")

    text = run("compare", "20260101", "20260102", "--format", "table").output

    assert ["recall@100", "0.4000", "0.5000", "+0.10000"] in rows_of(text)
    assert "The rows of test are not the same" in text
    assert "figures of the same test rows: no intervals" in text


def test_a_ranker_is_not_compared_with_what_it_ranks(run, make_run, make_retrieval):
    make_run("shop", "20260101-120000", 0.7)
    make_retrieval("popularity", "20260102-120000", 0.4)

    outcome = run("compare", "20260101", "20260102")

    assert outcome.code == 1
    assert (
        "runs of `train`, or runs of `retrieve`: their metrics are of other things. "
        "Received: ['shop/20260101-120000'] and ['shop-popularity/20260102-120000']."
    ) in outcome.error


def test_a_sparkline_has_a_character_for_each_value():
    assert sparkline([0.0, 0.5, 1.0, 2.0, float("nan")], 0.0, 1.0) == "▁▅██ "
    assert sparkline([3.0, 3.0], 3.0, 3.0) == "▁▁"
