"""What the tests of `cli` share: running a command in an empty working directory."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from mtl_rec.cli.app import main

YAML = """\
name: tiny
data:
  source: {{kind: table, path: '{path}'}}
  split: {split}
features:
  - {{kind: categorical, name: user_id, side: user}}
  - {{kind: numeric, name: price, side: item}}
  - {{kind: multi_categorical, name: tags, side: item, max_values: 2}}
tasks:
  - {{name: click, label: clicked}}
  - {{name: purchase, after: click}}
model:
  architecture: {{kind: mmoe}}
"""
BY_PART = "{kind: column, column: part}"


class Outcome(NamedTuple):
    """What a command left on the terminal and in the working directory."""

    code: int
    output: str
    error: str
    left_behind: list[str]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys) -> Callable[..., Outcome]:
    """Runs a command in an empty folder."""
    folder = tmp_path / "working_directory"
    folder.mkdir()
    monkeypatch.chdir(folder)
    # The rest of the matrix tests other backends; the command line has this one.
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")

    def run_command(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        left = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
        return Outcome(exit_.value.code, *capsys.readouterr(), left)

    return run_command


@pytest.fixture
def write(tmp_path) -> Callable[[str, str | bytes], Path]:
    """Writes a file beside the working directory."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def train(run, write, tmp_path):
    """Runs `train` on the table of this name; tells all that can be seen of it."""

    def train_on(name: str, split: str = BY_PART):
        path = tmp_path / name
        return run("train", write("run.yaml", YAML.format(path=path, split=split)))

    return train_on
