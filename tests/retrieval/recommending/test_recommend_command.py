"""`mtl-rec recommend`: a table for people, JSON for programs, and what it refuses."""

import json
import re

import pandas as pd
import pytest

from mtl_rec.cli.app import main

REQUEST = {"user_id": "u3", "history": ["i1"], "age": 30.0, "hour": 9.0}


@pytest.fixture
def recommend(shop, monkeypatch, capsys):
    """Runs the command; tells its code, output and error."""
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")

    def run(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main(["recommend", "shop.yaml", *arguments])
        return exit_.value.code, *capsys.readouterr()

    return run


def test_json_has_the_list_and_how_it_came_about(recommend, shop, tmp_path):
    path = tmp_path / "request.json"
    path.write_text(json.dumps({"request": REQUEST, "excluded_items": ["i7"]}))

    code, output, _ = recommend(str(path), "--keep", "brand", "--exclude", "i8")

    made = json.loads(output)
    assert code == 0
    assert [item["place"] for item in made["items"]] == list(
        range(1, len(made["items"]) + 1)
    )
    assert not {item["item_id"] for item in made["items"]} & {"i7", "i8"}
    brands = dict(
        zip(*(shop.catalogue[n].to_pylist() for n in ("item_id", "brand")), strict=True)
    )
    for item in made["items"]:
        assert item["features"] == {"brand": brands[item["item_id"]]}
        assert item["origins"]
        assert item["probabilities"].keys() >= {"click", "purchase"}


def test_a_user_of_the_data_needs_no_request_and_the_table_explains(recommend, shop):
    own = shop.exposures.query("user_id == 'u5' and purchase == 1")

    code, output, _ = recommend(
        *("--user", "u5", "--explain", "--format", "table", "-q"),
        *("--set", "recommendation.rules=[{kind: cap, column: brand, at_most: 1}]"),
    )

    assert code == 0
    heading, *lines = output.splitlines()
    assert heading.split() == [
        "item_id",
        "score",
        "click",
        "purchase",
        "ranked",
        "from",
    ]
    shown = [line.split()[1] for line in lines[: lines.index("")]]
    assert shown
    assert not set(shown) & set(own["item_id"])
    assert "at most 1 with the same `brand`" in output
    assert "milliseconds: request" in output


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[]", "Received: list"),
        ('{"user_id": "u1"}', r"Received: \['user_id'\]"),
        ('{"request": {}, "excluded_items": [3]}', "a list of texts"),
        ("{", "must hold a JSON object"),
    ],
)
def test_a_file_that_holds_something_else_is_refused(
    recommend, tmp_path, content, told
):
    path = tmp_path / "request.json"
    path.write_text(content)

    code, output, error = recommend(str(path))

    assert code == 1
    assert not output
    assert re.search(told, error)


def test_lists_of_many_users_are_the_rows_of_a_file(recommend, tmp_path):
    (tmp_path / "users.txt").write_text("u5\nu3\n\nnobody\nu5\n")
    alone = json.loads(recommend("--user", "u3")[1])["items"]

    for ending, read in (("csv", pd.read_csv), ("parquet", pd.read_parquet)):
        path = tmp_path / f"lists.{ending}"
        users = ["--users", str(tmp_path / "users.txt"), "--output", str(path)]
        code, output, _ = recommend(*users, "--keep", "brand")

        rows = read(path)
        assert code == 0
        assert json.loads(output)["users"] == 2
        assert json.loads(output)["unknown_users"] == ["nobody"]
        assert rows["user_id"].unique().tolist() == ["u5", "u3"]
        own = rows[rows["user_id"] == "u3"]
        assert own["item_id"].tolist() == [item["item_id"] for item in alone]
        assert own["place"].tolist() == [item["place"] for item in alone]
        assert own["purchase"].to_numpy() == pytest.approx(
            [item["probabilities"]["purchase"] for item in alone]
        )


@pytest.mark.parametrize(
    "arguments",
    [[], ["request.json", "--user", "u1"], ["--users", "u.txt"], ["--output", "l.csv"]],
)
def test_one_way_to_say_who_it_is_for_is_asked_for(recommend, arguments):
    code, _, error = recommend(*arguments)

    assert code == 2
    assert "--user" in error


def test_only_features_of_items_can_be_shown_beside(recommend):
    code, _, error = recommend("--user", "u5", "--keep", "brant", "-q")

    assert code == 1
    assert "Did you mean 'brand'" in error
