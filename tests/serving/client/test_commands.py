"""`mtl-rec predict --url` and `mtl-rec rank`: the answers of the model, from files."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from mtl_rec.cli.predict import predict
from mtl_rec.cli.rank import rank
from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.serving.client import Client, RequestError

REQUEST = {
    "request": {"user_id": "u1", "history": ["i1", "i2"], "hour": "7"},
    "candidates": [
        {"item_id": "kettle", "price": 9.5},
        {"item_id": "漂亮", "price": None},
        {"item_id": "i3", "price": 30},
    ],
}


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs a command in an empty folder; errors are raised."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    app = typer.Typer()
    app.command()(predict)
    app.command()(rank)

    def run_command(*arguments, **how):
        outcome = CliRunner().invoke(app, [*map(str, arguments)], **how)
        if outcome.exception and not isinstance(outcome.exception, SystemExit):
            raise outcome.exception
        return outcome

    return run_command


@pytest.fixture
def request_file(tmp_path):
    path = tmp_path / "request.json"
    path.write_text(json.dumps(REQUEST, ensure_ascii=False), encoding="utf-8")
    return path


def lines(outcome):
    assert outcome.exit_code == 0, outcome.output
    return [json.loads(line) for line in outcome.stdout.splitlines()]


@pytest.fixture
def ranking(client):
    return client.rank(REQUEST["request"], REQUEST["candidates"])


def write_rows(rows, path):
    frame = pd.DataFrame(rows).assign(shown_at="2026-01-01")
    match path.suffix:
        case ".csv":
            frame = frame.assign(history=frame["history"].map("|".join))
            frame.to_csv(path, index=False)
        case ".jsonl":
            frame.to_json(path, orient="records", lines=True)
        case _:
            frame.to_parquet(path)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_file_gets_the_answers_of_the_model(run, url, rows, expected, ending):
    write_rows(rows, path := Path(f"rows.{ending}"))

    arguments = ["--url", url, "--output", "scores.parquet", "--keep", "shown_at"]
    assert run("predict", "shop", path, *arguments).exit_code == 0

    scores = pd.read_parquet("scores.parquet")
    assert list(scores) == ["shown_at", "click", "purchase"]
    for name, values in expected(rows).items():
        np.testing.assert_allclose(scores[name], values, atol=1e-6)


def test_a_file_that_does_not_fit_leaves_no_output(run, url, rows, tmp_path):
    short = [{n: v for n, v in row.items() if n != "price"} for row in rows]
    write_rows(short, tmp_path / "rows.jsonl")

    with pytest.raises(SchemaError, match="no column 'price' for feature 'price'"):
        run("predict", "shop", "rows.jsonl", "--url", url, "--output", "scores.csv")

    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]


def test_a_list_that_is_too_long_is_named(run, url, rows):
    write_rows([rows[0] | {"history": list("abcd")}], path := Path("r.csv"))

    with pytest.raises(RequestError, match="must have at most 3 elements"):
        run("predict", "shop", path, "--url", url)


def test_candidates_come_out_best_first(run, url, request_file, ranking):
    records = lines(run("rank", "shop", request_file, "--url", url))

    assert [record["position"] for record in records] == ranking.order.tolist()
    assert list(records[0]) == ["position", "score", "click", "purchase"]
    for record in records:
        score = ranking.score[record["position"]]
        assert record["score"] == pytest.approx(score, abs=1e-6)


def test_a_version_ranks_as_its_server_does(run, shop_versions, request_file, ranking):
    records = lines(run("rank", shop_versions / "1", request_file))

    assert [record["position"] for record in records] == ranking.order.tolist()
    for record in records:
        click = ranking.probabilities["click"][record["position"]]
        assert record["click"] == pytest.approx(click, abs=1e-6)


@pytest.mark.parametrize("is_served", [False, True])
def test_features_that_are_not_there_can_be_missing(
    run, url, shop_versions, tmp_path, is_served, client
):
    sparse = {"request": {"user_id": "u1"}, "candidates": [{"item_id": "i3"}]}
    (tmp_path / "sparse.json").write_text(json.dumps(sparse))
    model = ["shop", "--url", url] if is_served else [shop_versions / "1"]

    (record,) = lines(run("rank", *model, "sparse.json", "--fill-missing"))

    ranking = client.rank(**sparse, fill_missing=True)
    assert record["score"] == pytest.approx(ranking.score[0], abs=1e-6)


def test_the_best_can_be_kept_with_their_names(run, url, request_file, ranking):
    command = ["rank", "shop", "-", "--url", url, "--top", 2, "--keep", "item_id"]
    arguments = [*command, "--output", "best.csv"]
    text = request_file.read_text(encoding="utf-8")
    assert run(*arguments, input=text).exit_code == 0

    best = pd.read_csv("best.csv")
    names = [REQUEST["candidates"][i]["item_id"] for i in ranking.order[:2]]
    assert best["item_id"].tolist() == names


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("{", "must hold a JSON object with `request`"),
        ("[1]", "Received: list."),
        ('{"request": {}}', r"Received: \['request'\]"),
        ('{"request": {}, "candidates": [1]}', "must hold a JSON object"),
        ('{"request": [], "candidates": []}', "must hold a JSON object"),
        (None, "can't be read: No such file or directory"),
    ],
)
def test_a_request_that_is_none_is_named(run, tmp_path, content, text):
    if content is not None:
        (tmp_path / "bad.json").write_text(content)

    with pytest.raises(ArtifactError, match=f"'bad.json'.*{text}"):
        run("rank", "shop", "bad.json", "--url", "http://127.0.0.1:1")


def test_a_folder_that_is_no_version_is_named(run, request_file, tmp_path):
    with pytest.raises(ArtifactError, match=r"can't be loaded.*saved_model\.pb"):
        run("rank", tmp_path, request_file)


@pytest.mark.parametrize("option", ["--version", "--label"])
@pytest.mark.parametrize("command", ["predict", "rank"])
def test_a_version_without_a_server_is_wrong_usage(run, command, option):
    outcome = run(command, "shop", "x", option, "1")

    assert outcome.exit_code == 2
    assert "--url" in outcome.output


def test_a_chosen_version_answers(run, url, request_file):
    assert lines(run("rank", "shop", request_file, "--url", url, "--version", 1))
    with Client(url, "shop") as client:
        assert client.metadata().version == 1
