"""A rollback brings a server back to a version that is as it was."""

import os
import re

import pytest

from mtl_rec.errors import ArtifactError
from mtl_rec.export.publishing import WITHDRAWN, versions_in
from mtl_rec.serving.server_files.models_config import read_rollout
from mtl_rec.serving.versions import roll_back, rolling_back, set_labels


def files_of(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_version_before_is_the_newest_again_and_untouched(
    publish_files, model_directory
):
    before = files_of(publish_files().path)
    published = files_of(publish_files().path)

    done = roll_back(model_directory)

    assert (done.newest, list(versions_in(model_directory))) == (1, [1])
    assert files_of(model_directory / "1") == before
    kept = files_of(model_directory / ".withdrawn-2")
    assert list(kept.values()) == list(published.values())
    assert done.withdrawn == {2: model_directory / ".withdrawn-2"}


def test_a_withdrawn_number_is_never_used_again(publish_files, model_directory):
    for _ in range(2):
        publish_files()
    roll_back(model_directory)

    assert publish_files().number == 3
    roll_back(model_directory)
    assert publish_files().number == 4


def test_a_number_that_is_withdrawn_while_it_is_counted_is_not_used_again(
    publish_files, model_directory, monkeypatch
):
    for _ in range(2):
        publish_files()
    highest = "mtl_rec.export.publishing._highest_version"
    # A listing during the rename may have neither of the two names.
    numbers = iter([1, 2])
    monkeypatch.setattr(highest, lambda _: next(numbers))
    (model_directory / "2").rename(model_directory / f"{WITHDRAWN}2")

    assert publish_files().number == 3


def test_rolling_back_to_a_version_withdraws_all_after_it(
    publish_files, model_directory, monkeypatch
):
    for _ in range(4):
        publish_files()
    newest = []
    rename = rolling_back.rename_without_replacing

    def note(source, target):
        rename(source, target)
        newest.append(max(versions_in(model_directory)))

    monkeypatch.setattr(rolling_back, "rename_without_replacing", note)
    roll_back(model_directory, to=1)

    # Nothing in between is ever the newest: a server would load it.
    assert newest == [4, 4, 1]
    assert publish_files().number == 5


def test_labels_move_before_their_version_goes(
    publish_files, model_directory, monkeypatch
):
    publish_files(label="stable")
    publish_files(label="stable")
    seen = []
    rename = rolling_back.rename_without_replacing

    def note(source, target):
        seen.append(read_rollout(model_directory).labels)
        rename(source, target)

    monkeypatch.setattr(rolling_back, "rename_without_replacing", note)
    done = roll_back(model_directory, settle_seconds=0)

    assert seen == [{"stable": 1}]
    assert done.rollout.labels == {"stable": 1}
    assert done.rollout.loaded == [1]


def test_labels_of_older_versions_stay(publish_files, model_directory):
    for _ in range(3):
        publish_files()
    set_labels(model_directory, {"stable": 1, "canary": 3}, settle_seconds=0)

    done = roll_back(model_directory, settle_seconds=0)

    assert done.rollout.labels == {"canary": 2, "stable": 1}


@pytest.mark.parametrize(
    ("versions", "to", "message"),
    [
        (0, None, "must be a model's directory, with a version"),
        (1, None, "has no version to go back to"),
        (2, 2, "Received: --to 2."),
        (2, 7, "has no version 7. Versions: [1, 2]."),
    ],
)
def test_without_a_version_to_go_back_to_nothing_changes(
    versions, to, message, publish_files, model_directory
):
    for _ in range(versions):
        publish_files()
    before = sorted(os.listdir(model_directory)) if versions else []

    with pytest.raises(ArtifactError, match=re.escape(message)):
        roll_back(model_directory, to)

    found = os.listdir(model_directory) if versions else []
    assert set(found) - {".lock"} == set(before) - {".lock"}


def test_a_withdrawn_version_can_be_published_again(publish_files, model_directory):
    publish_files()
    second = files_of(publish_files().path)
    roll_back(model_directory)

    from mtl_rec.serving.versions.placing import publish_checked

    again = publish_checked(
        model_directory / ".withdrawn-2", model_directory, lambda *_: None
    )

    assert again.number == 3
    assert list(files_of(again.path).values()) == list(second.values())
