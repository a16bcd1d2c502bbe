"""What a shell is offered after a Tab."""

import contextlib

import pytest

from mtl_rec.cli.app import main

CONFIG = """\
name: tiny
data:
  source: {kind: table, path: rows.csv}
  split: {kind: time, column: shown_at}
features:
  - {kind: numeric, name: price, side: item, transform: log}
  - {kind: categorical, name: brand, side: item}
tasks:
  - {name: click}
model:
  architecture: {kind: mmoe, num_experts: 8}
"""


@pytest.fixture
def offered(tmp_path, monkeypatch, capsys):
    """What bash is offered for the end of a line, where a config and a run are."""
    monkeypatch.chdir(tmp_path)
    for name in (
        *("configs/tiny.yaml", "configs/notes.txt"),
        *("runs/tiny/1/run.yaml", "runs/lists/1/retrieval.yaml"),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CONFIG)

    def complete(line: str) -> list[str]:
        # Bash makes a word of every `=`.
        words = line.replace("=", " = ").split(" ")
        words = [word for number, word in enumerate(words) if word or number]
        monkeypatch.setenv("_MTL_REC_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", " ".join(words))
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        with contextlib.suppress(SystemExit):
            main([])
        return capsys.readouterr().out.split()

    return complete


@pytest.mark.parametrize("typed", ["", "conf", "configs/", "configs/t"])
def test_configs_are_yaml_files(offered, typed):
    found = offered(f"mtl-rec train {typed}")

    assert "configs/notes.txt" not in found
    assert "configs/tiny.yaml" in found or "configs/" in found


@pytest.mark.parametrize("command", ["evaluate", "export"])
@pytest.mark.parametrize("typed", ["", "runs/", "runs/ti"])
def test_runs_are_folders_with_a_config(offered, command, typed):
    assert offered(f"mtl-rec {command} {typed}") == ["runs/tiny/1"]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("update-items", ["runs/lists/1"]),
        ("compare", ["runs/tiny/1", "runs/lists/1"]),
    ],
)
def test_retrieval_runs_are_offered_where_they_are_taken(offered, command, found):
    assert sorted(offered(f"mtl-rec {command} runs/")) == sorted(found)
    assert offered(f"mtl-rec {command} runs/li") == ["runs/lists/1"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("model.arch", ["model.architecture.", "model.architecture.kind="]),
        ("model.architecture.kind=", ["shared_bottom", "mmoe", "single_task"]),
        ("model.architecture.kind=m", ["mmoe"]),
        # The one that is there has these, and this many of them.
        ("model.architecture.num", ["model.architecture.num_experts=8"]),
        ("model.architecture.bottom", []),
        ("features.", ["features.price.", "features.brand."]),
        ("features.price.tr", ["standard", "log", "quantiles"]),
        ("features.price.transform=q", ["quantiles"]),
        ("training.epo", ["training.epochs=10"]),
        ("data.split.column=", ["shown_at"]),
        ("nothing.", []),
    ],
)
def test_settings_are_those_of_the_classes_and_the_config(offered, typed, expected):
    found = offered(f"mtl-rec train configs/tiny.yaml --set {typed}")

    assert [
        text.removeprefix("features.price.transform=") for text in found
    ] == expected


def test_settings_are_offered_without_a_readable_config(offered):
    assert "model." in offered("mtl-rec train nothing.yaml --set mod")[0]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mtl-rec evaluate runs/tiny/1 --split v", "validation"),
        ("mtl-rec ls archi", "architectures"),
        ("mtl-rec ls mm", "mmoe"),
        ("mtl-rec runs --format j", "json"),
    ],
)
def test_words_that_are_known_are_offered(offered, line, expected):
    assert offered(line) == [expected]
