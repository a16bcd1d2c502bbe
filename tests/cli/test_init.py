"""`mtl-rec init`: what it writes, what it says, and what it leaves alone."""

import json

import odd_data
import pytest


@pytest.fixture
def clicks(tmp_path):
    """A log with names of its own."""
    return odd_data.semicolons_and_milliseconds(tmp_path)


def test_the_config_it_writes_is_right(run, clicks):
    made = run("init", clicks)
    checked = run("check", "configs/clicks.yaml")

    assert made.code == 0, made.error
    assert made.left_behind == ["configs", "configs/clicks.yaml"]
    assert json.loads(made.output)["config"] == "configs/clicks.yaml"
    assert checked.code == 0, checked.error
    assert json.loads(checked.output)["tasks"][0] == {"name": "click", "after": None}


def test_it_says_what_it_took_each_column_for(run, clicks):
    text = run("init", clicks, "--format", "table").output

    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert rows[0] == "column taken as why"
    assert "userId user an id, by its name" in rows
    assert "unit price item numeric 0.99 to 6.99, middle 3.99" in rows
    assert "order no ignored a different value on most rows" in rows
    assert "next mtl-rec train configs/clicks.yaml" in rows


def test_the_file_says_why_and_restates_no_default(run, clicks, tmp_path):
    run("init", clicks, "--output", tmp_path / "x.yaml", "--name", "mine")

    text = (tmp_path / "x.yaml").read_text()
    assert f"#   mtl-rec train {tmp_path / 'x.yaml'}\n" in text
    assert "\nname: mine\n" in text
    assert "  # how long to wait for labels; the log is of 30 days\n" in text
    for default in ("quoted:", "timezone:", "per_exposure:", "embedding_dim:", "seed:"):
        assert default not in text


def test_a_file_that_is_there_is_left_alone_without_force(run, clicks, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("# my comments\n")

    refused = run("init", clicks, "--output", path)
    kept = path.read_text()
    forced = run("init", clicks, "--output", path, "--force")

    assert refused.code == 1
    assert f"'{path}' is already there" in refused.error
    assert kept == "# my comments\n"
    assert forced.code == 0
    assert path.read_text().startswith("# A starter config for ")


def test_nothing_is_written_for_data_without_anything_to_predict(run, write):
    outcome = run("init", write("rows.csv", "a,b\n1,2\n3,4\n"))

    assert outcome.code == 1
    assert "Name what is to be predicted: --label COLUMN" in outcome.error
    assert outcome.left_behind == []


def test_labels_and_columns_may_be_named(run, write):
    rows = "".join(f"{n % 7},{n % 5},{n % 3 % 2},{n % 2}\n" for n in range(300))
    path = write("rows.csv", f"who,what,x,z\n{rows}")
    options = ("--label", "x", "--user", "who", "--item", "what", "--exclude", "z")

    outcome = run("init", path, *options)

    taken = {n: c["taken_as"] for n, c in json.loads(outcome.output)["columns"].items()}
    assert taken == {
        "x": "label of x",
        "who": "user categorical",
        "what": "item categorical",
        "z": "left out",
    }


def test_the_shape_of_a_file_may_be_told(run, write):
    rows = "".join(f"{n % 7}^{n % 5}^{n % 3 % 2}\n" for n in range(300))
    path = write("rows.txt", rows)

    outcome = run("init", path, "--separator", "^", "--header", "user_id,item_id,click")

    assert outcome.code == 0, outcome.error
    assert "click" in json.loads(outcome.output)["columns"]
