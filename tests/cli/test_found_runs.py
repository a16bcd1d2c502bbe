"""Runs of both kinds go by their folders, or by how their names begin."""

import re

import pytest
from run_files import write_run

from mtl_rec.cli.found_runs import every_run, find_run
from mtl_rec.errors import ArtifactError
from mtl_rec.retrieval.folder import RetrievalFolder
from mtl_rec.run.folder import RunFolder

RANKER, LISTS = "tiny/20260101-120000", "tiny-two_tower/20260103-120000"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Two runs of `train` and one of `retrieve`."""
    monkeypatch.chdir(tmp_path)
    for label in (RANKER, "tiny/20260102-120000"):
        write_run(RunFolder(tmp_path / "runs" / label), "name: tiny", {})
    own = RetrievalFolder(tmp_path / "runs" / LISTS)
    write_run(own, "name: tiny-two_tower", {})
    return tmp_path


def test_the_newest_of_all_comes_first(folder):
    found = [run.label for run in every_run(folder / "runs")]

    assert found == [LISTS, "tiny/20260102-120000", RANKER]


@pytest.mark.parametrize("label", [RANKER, LISTS])
@pytest.mark.parametrize("length", [0, 1, 4])
def test_a_run_is_named_by_its_folder_or_its_beginning(folder, label, length):
    time = label.partition("/")[2]

    for text in (label[: len(label) - length], time[: len(time) - length]):
        assert find_run(text).label == label
    for text in (f"runs/{label}", f"runs/{label}/", str(folder / "runs" / label)):
        assert find_run(text).label == label


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tiny/", "which begins tiny/20260102-120000, tiny/20260101-120000."),
        ("tini", "Received: 'tini'. Did you mean 'tiny'? Runs in 'runs': tiny-two"),
        ("runs/tiny", "Received: 'runs/tiny'. Did you mean 'tiny'? Runs in"),
    ],
)
def test_what_names_no_run_or_several_is_refused(text, message):
    with pytest.raises(ArtifactError, match=re.escape(message)):
        find_run(text)
