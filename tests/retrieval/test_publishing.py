"""A retrieval version is verified, judged, listed and served as a ranker is."""

import io
import json
import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from rich.console import Console

from mtl_rec.cli.version_tables import gate_table, versions_table
from mtl_rec.errors import ArtifactError, GateError, VerificationError
from mtl_rec.export.climbing import climb
from mtl_rec.export.manifest import MANIFEST_FILE, golden_proofs
from mtl_rec.export.scoring import open_version
from mtl_rec.run.ranking import rank_by_version
from mtl_rec.run.served_predicting import predict_file_by_server
from mtl_rec.serving.client import Client
from mtl_rec.serving.local import LocalServer
from mtl_rec.serving.server_rung import local_server_rung
from mtl_rec.serving.versions import checking, list_versions, publish_version


@pytest.fixture
def with_recall(version, tmp_path, monkeypatch):
    """Copies of the version whose manifests say something else of their recall."""
    # What an export proves is proved in its own tests.
    monkeypatch.setattr(checking, "climb_by_itself", lambda _: [])

    def copy(recall):
        folder = tmp_path / "exported" / str(recall)
        shutil.copytree(version, folder)
        manifest = json.loads((folder / MANIFEST_FILE).read_text())
        manifest["metrics"] = {
            "recall@20": {"value": recall, "low": None, "high": None},
            "novelty@20": {"value": 9.0, "low": 8.0, "high": 10.0},
        }
        (folder / MANIFEST_FILE).write_text(json.dumps(manifest))
        return folder

    return copy


def shown(table):
    output = io.StringIO()
    Console(file=output, width=120).print(table)
    return [" ".join(line.split()) for line in output.getvalue().splitlines()]


def test_a_version_that_finds_much_less_is_not_published(with_recall, tmp_path):
    models = tmp_path / "models" / "shop"
    first = publish_version(with_recall(0.5), models)
    second = publish_version(with_recall(0.46), models)

    with pytest.raises(GateError, match=r"'recall@20': it falls by 13\.0%") as refused:
        publish_version(with_recall(0.4), models)

    assert [entry.number for entry in list_versions(models)] == [1, 2]
    assert shown(gate_table(first.checked.gate)) == [
        "metric served new difference verdict",
        "recall@20 0.5000 nothing to compare with",
    ]
    assert shown(gate_table(second.checked.gate))[1] == (
        "recall@20 0.5000 0.4600 -0.0400 passes"
    )
    assert "-0.0600 refused: it falls" in shown(gate_table(refused.value.report))[1]
    publish_version(with_recall(0.3), models, thresholds={"max_recall_loss": 0.4})


def test_versions_are_listed_with_their_recall(with_recall, tmp_path):
    models = tmp_path / "models" / "shop"
    publish_version(with_recall(0.5), models)

    heading, line = shown(versions_table(list_versions(models)))

    assert heading.endswith("state recall@20")
    assert line.endswith("served 0.5000")


def test_a_version_without_recall_is_published_and_not_judged(with_recall, tmp_path):
    models = tmp_path / "models" / "shop"
    publish_version(with_recall(0.5), models)

    published = publish_version(with_recall(None), models)

    assert published.checked.gate.recalls == []
    lines = " ".join(shown(gate_table(published.checked.gate)))
    assert "Quality was not compared with version 1" in lines
    assert lines.endswith("Its manifest has no recall to judge.")


def test_labelled_rows_are_refused_as_they_judge_no_lists(with_recall, tmp_path):
    rows = [pa.table({"click": [1.0]})]

    with pytest.raises(ArtifactError, match="Publish it without --data"):
        publish_version(with_recall(0.5), tmp_path / "models" / "shop", rows=rows)


def test_a_version_that_retrieves_predicts_nothing(version):
    with pytest.raises(ArtifactError, match=r"has no output 'click'.*mtl-rec recomm"):
        open_version(version)


def test_a_server_answers_over_grpc_and_rest_as_expected(version):
    (result,) = climb(version, golden_proofs(version), [local_server_rung()])

    assert result.name == "server"


def test_an_answer_with_two_items_swapped_fails_its_proof(version):
    proofs = golden_proofs(version)
    ids = proofs["serving_default"].expected["item_ids"]
    ids[0, [3, 4]] = ids[0, [4, 3]]

    with pytest.raises(VerificationError, match="'item_ids' of 'serving_default' is b"):
        list(climb(version, proofs, [local_server_rung()]))


def test_it_can_not_rank(version):
    with pytest.raises(ArtifactError, match=r"no signature 'rank', only \['excl"):
        rank_by_version(version, {}, [{}])


@pytest.fixture(scope="module", params=["grpc", "http"])
def client(request, version):
    with LocalServer({"shop": version.parent}, grpc_port=0, rest_port=0) as server:
        port = server.grpc_port if request.param == "grpc" else server.rest_port
        with Client(f"{request.param}://127.0.0.1:{port}", "shop") as own:
            yield own


@pytest.fixture
def users(rows):
    own = pd.DataFrame(rows[["user_id", "history", "age"]].head(3))
    return own.assign(history=[list(history)[-3:] for history in own["history"]])


def test_the_client_asks_for_lists_without_what_was_bought(client, users):
    before = client.predict(users)
    bought = [[row[0]] * times for times, row in enumerate(ids(before), 1)]

    after = client.predict(users.assign(excluded_items=bought), signature="excluding")

    for old, new in zip(ids(before), ids(after), strict=True):
        assert new[:19] == old[1:]
    assert (np.diff(after["scores"], axis=1) <= 0).all()


def test_a_file_of_users_becomes_one_of_lists(client, users, tmp_path):
    rows, lists = tmp_path / "rows.jsonl", tmp_path / "lists.parquet"
    users.to_json(rows, orient="records", lines=True)

    predict_file_by_server(client, rows, lists, ["user_id"])

    written = pd.read_parquet(lists)
    assert list(map(list, written["item_ids"])) == ids(client.predict(users))
    assert written["scores"].map(len).tolist() == [20] * 3
    assert written["user_id"].tolist() == users["user_id"].tolist()
    with pytest.raises(ArtifactError, match=r"can't hold lists.*'item_ids', 'scores'"):
        predict_file_by_server(client, rows, tmp_path / "lists.csv", ["user_id"])


def ids(answer):
    return answer["item_ids"].tolist()
