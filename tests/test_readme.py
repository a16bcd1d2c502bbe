"""What the README shows is what was run."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tensorflow as tf
import typer
import yaml
from documented import blocks, run_documented
from pydantic import TypeAdapter

from mtl_rec.cli.app import app
from mtl_rec.config import load_config
from mtl_rec.config.fallback_checks import fallback_problems
from mtl_rec.config.features import Feature, vectors_by_text

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCRIPTS = blocks(README, "python")
COLUMNS = {
    "user_id": "u7",
    "history_items": ["i3", "i14"] + [""] * 18,
    "history_categories": ["lamps", "bedding"] + [""] * 18,
    "item_id": "i1",
    "category": "lamps",
    "brand": "Kairo",
    "title": "brass desk lamp",
    "price": 35.5,
    "hour": "20",
    "position": "1",
}
"""The first row that the README asks for."""

ASK = """
{serve} > serve.log 2>&1 &
until python -c 'import socket; socket.create_connection(("localhost", 8501))' 2> errors
do kill -0 $!; sleep 0.2; done
# Nothing but what the README names may be imported.
python -c '
import sys
sys.modules.update(dict.fromkeys(["aiohttp", "keras", "mtl_rec"]))
exec(open("ask_by_grpc.py").read())
' > grpc.txt & asks_by_grpc=$!
python ask_by_client.py > client.txt
if command -v curl; then bash ask_by_curl.sh > curl.txt; fi
wait $asks_by_grpc
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the first script has run, and the one that goes on from it."""
    folder = tmp_path_factory.mktemp("clone")
    (folder / "configs").symlink_to(ROOT / "configs")
    (resumed,) = blocks(README, "python resumed")
    assert last_line(SCRIPTS[0] + resumed, folder) == "2"
    return folder


@pytest.fixture(scope="module")
def asked(folder):
    """The folder with what the three ways to ask printed."""
    # The script's model, under the name that `mtl-rec train` gives it.
    (folder / "saved_models" / "readme").rename(folder / "saved_models" / "quickstart")
    for language, file in {
        "python grpc": "ask_by_grpc.py",
        "python client": "ask_by_client.py",
        "bash curl": "ask_by_curl.sh",
    }.items():
        (script,) = blocks(README, language)
        (folder / file).write_text(script)
    (serve,) = blocks(README, "bash serve")

    done = run_documented(ASK.replace("{serve}", serve.strip()), folder)

    assert done.returncode == 0, done.stderr + (folder / "serve.log").read_text()
    return folder


@pytest.fixture(scope="module")
def expected(asked):
    """The outputs of the first row, by the exported graph alone."""
    version = tf.saved_model.load(str(asked / "saved_models" / "quickstart" / "1"))
    row = {name: tf.constant([value]) for name, value in COLUMNS.items()}
    outputs = version.signatures["serving_default"](**row)
    return {name: float(values[0]) for name, values in outputs.items()}


def last_line(script, folder):
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.strip().splitlines()[-1].split())


@pytest.mark.parametrize(
    ("number", "expected_line"),
    [
        pytest.param(
            1, "['click', 'purchase', 'purchase_given_click']", id="own_model"
        ),
        pytest.param(2, "user_num_buy 0 1", id="log"),
    ],
)
def test_scripts_run_as_they_stand(number, expected_line, tmp_path):
    assert last_line(SCRIPTS[number], tmp_path) == expected_line


@pytest.mark.slow
def test_the_script_of_a_whole_run_runs_as_it_stands(folder):
    assert list((folder / "saved_models").glob("*/1/saved_model.pb"))


@pytest.mark.slow
def test_the_script_that_can_be_resumed_leaves_checkpoints_and_curves(folder):
    left = {path.name for path in (folder / "runs" / "mine").iterdir()}

    assert left == {"checkpoints", "logs"}


@pytest.mark.slow
def test_the_grpc_script_is_answered_as_it_stands(asked, expected):
    row, *ranked = (asked / "grpc.txt").read_text().splitlines()

    _, click, _, purchase = row.split()
    assert float(click) == pytest.approx(expected["click"], abs=1e-6)
    assert float(purchase) == pytest.approx(expected["purchase"], abs=1e-6)
    scores = {item: float(score) for item, score in map(str.split, ranked)}
    assert scores.keys() == {"i1", "i2", "i3"}
    assert list(scores.values()) == sorted(scores.values(), reverse=True)
    assert scores["i1"] == pytest.approx(expected["purchase"], abs=1e-6)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl on the PATH")
def test_the_curl_commands_are_answered_as_they_stand(asked, expected):
    text = (asked / "curl.txt").read_text()

    rows, end = json.JSONDecoder().raw_decode(text)
    ranking = json.loads(text[end:])["outputs"]

    assert rows["predictions"] == [pytest.approx(expected, abs=1e-6)]
    (scores,), (order,) = ranking["score"], ranking["order"]
    assert [scores[place] for place in order] == sorted(scores, reverse=True)
    assert scores[0] == pytest.approx(expected["purchase"], abs=1e-6)


@pytest.mark.slow
def test_the_client_s_script_is_answered_as_it_stands(asked):
    *_, order, refusal = (asked / "client.txt").read_text().splitlines()

    assert order in ("[0 1]", "[1 0]")
    shown = re.search(r"# (Signature 'rank' .*) \.\.\.\n +print\(error\)", README)[1]
    assert refusal.startswith(shown)


def test_there_are_three_scripts_and_two_commands():
    assert len(SCRIPTS) == 3
    assert len(blocks(README, "bash setup")) == 2


def test_every_command_is_in_its_tables():
    commands = typer.main.get_command(app).commands
    rows = re.findall(r"^\| `mtl-rec ([a-z-]+)", README, re.MULTILINE)

    assert sorted(rows) == sorted(commands)


def test_the_config_it_shows_is_right(tmp_path):
    shop, _, vectors, fallback, title, evaluation, export = blocks(README, "yaml")
    (tmp_path / "shop.yaml").write_text(shop + evaluation + export)

    config = load_config(tmp_path / "shop.yaml")

    assert config.tasks[-1].is_conditional
    assert config.evaluation.slices == ("price", "query")
    assert config.export.ranking.times == "price"
    assert config.export.gate == type(config.export.gate)()
    features = TypeAdapter(list[Feature]).validate_python(yaml.safe_load(vectors))
    assert [feature.kind for feature in features] == ["vector", "sequence"]
    features = TypeAdapter(list[Feature]).validate_python(yaml.safe_load(fallback))
    assert not fallback_problems(features)
    assert list(vectors_by_text(features)) == ["title"]
    (text,) = TypeAdapter(list[Feature]).validate_python(yaml.safe_load(title))
    assert text.encoder.mode.kind == "lora"


def test_the_recommendation_it_shows_is_right():
    (section,) = blocks(README, "yaml recommendation")

    settings = load_config(
        ROOT / "configs" / "quickstart.yaml",
        [f"recommendation={json.dumps(yaml.safe_load(section)['recommendation'])}"],
    ).recommendation

    assert [rule.kind for rule in settings.rules] == ["require", "cap"]
    assert [source.quota for source in settings.sources] == [150, 50]


@pytest.mark.slow
def test_a_ranker_becomes_a_list_by_the_commands_as_they_stand(tmp_path):
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    (commands,) = blocks(README, "bash recommend")
    (script,) = blocks(README, "python recommend")

    done = run_documented(commands, tmp_path)

    assert done.returncode == 0, done.stderr
    assert "u17" in done.stdout
    # Of the two that are compared.
    assert '"excludes_zero"' in done.stdout
    place, item, *_ = last_line(script, tmp_path).split()
    assert (place, item[0]) == ("20", "i")


def test_the_log_it_shows_is_right(tmp_path):
    _, data, *_ = blocks(README, "yaml")
    rest = (
        "name: log\n"
        "features: [{kind: sequence, name: history_price, side: user, max_length: 5}]\n"
        "tasks: [{name: click}, {name: purchase, after: click}]\n"
        "model: {architecture: {kind: mmoe}}\n"
    )
    (tmp_path / "log.yaml").write_text(data + rest)

    config = load_config(tmp_path / "log.yaml")

    assert config.data.source.window_hours == 24


def test_the_places_it_names_exist():
    names = re.findall(r"`([a-z_]+/(?:[a-z_/]+\.py|[a-z_]+/))`", README)

    assert len(names) > 10
    for name in names:
        assert (ROOT / name).exists() or (ROOT / "mtl_rec" / name).exists(), name
