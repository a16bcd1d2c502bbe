"""What the README shows is what was run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mtl_rec.config import load_config

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", [0, 1, 2], ids=["a_run", "own_model", "log"])
def test_scripts_run_as_they_stand(number, tmp_path):
    (tmp_path / "configs").symlink_to(ROOT / "configs")

    done = subprocess.run(
        [sys.executable, "-c", blocks("python")[number]],
        cwd=tmp_path,
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    last = done.stdout.strip().splitlines()[-1]
    expected = [
        "saved_models/readme/1",
        "['click', 'purchase', 'purchase_given_click']",
        "user_num_buy 0 1",
    ]
    assert " ".join(last.split()) == expected[number]


def test_there_are_three_scripts_and_two_commands():
    assert len(blocks("python")) == 3
    assert len(blocks("bash setup")) == 2


def test_the_config_it_shows_is_right(tmp_path):
    text, _ = blocks("yaml")
    (tmp_path / "shop.yaml").write_text(text)

    config = load_config(tmp_path / "shop.yaml")

    assert config.tasks[-1].is_conditional


def test_the_log_it_shows_is_right(tmp_path):
    _, data = blocks("yaml")
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
