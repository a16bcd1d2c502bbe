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


@pytest.mark.parametrize("number", [0, 1], ids=["a_run", "own_model"])
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
    ]
    assert last == expected[number]


def test_there_are_two_scripts_and_two_commands():
    assert len(blocks("python")) == 2
    assert len(blocks("bash setup")) == 2


def test_the_config_it_shows_is_right(tmp_path):
    (text,) = blocks("yaml")
    (tmp_path / "shop.yaml").write_text(text)

    config = load_config(tmp_path / "shop.yaml")

    assert config.tasks[-1].is_conditional


def test_the_places_it_names_exist():
    names = re.findall(r"`([a-z_]+/(?:[a-z_/]+\.py|[a-z_]+/))`", README)

    assert len(names) > 10
    for name in names:
        assert (ROOT / name).exists() or (ROOT / "mtl_rec" / name).exists(), name
