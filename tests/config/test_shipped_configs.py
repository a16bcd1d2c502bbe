"""Every shipped config loads, says how to run it, and survives being written down."""

import re
from pathlib import Path

import pytest

from mtl_rec.config import load_config
from mtl_rec.config.loading import dump_config

ROOT = Path(__file__).parents[2]
CONFIGS = sorted((ROOT / "configs").rglob("*.yaml"))


@pytest.fixture(params=CONFIGS, ids=lambda path: path.stem)
def config(request) -> str:
    """A shipped config, named as from the repository's root."""
    return request.param.relative_to(ROOT).as_posix()


def test_there_are_configs():
    assert CONFIGS


def test_every_yaml_file_ends_in_yaml():
    assert not list((ROOT / "configs").rglob("*.yml"))


def test_it_loads(config):
    assert load_config(ROOT / config).name


def test_its_header_names_the_command_that_runs_it(config):
    header = re.match(r"(#.*\n)+", (ROOT / config).read_text(encoding="utf-8"))

    assert header is not None
    assert f"#   mtl-rec train {config}\n" in header[0]


def test_its_run_is_called_like_its_file(config):
    assert load_config(ROOT / config).name == Path(config).stem


def test_it_is_read_back_equal(config, tmp_path):
    run = load_config(ROOT / config)
    (tmp_path / "run.yaml").write_text(dump_config(run), encoding="utf-8")

    assert load_config(tmp_path / "run.yaml") == run
