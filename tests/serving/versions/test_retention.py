"""Retention keeps what is served, and never shows half a version."""

import pytest

from mtl_rec.errors import ArtifactError
from mtl_rec.export.publishing import WITHDRAWN, versions_in
from mtl_rec.serving.server_files.models_config import Rollout
from mtl_rec.serving.versions import retention, roll_back, set_labels
from mtl_rec.serving.versions.retention import remove_old_versions


def test_the_newest_versions_are_kept(publish_files, model_directory):
    for _ in range(4):
        publish_files()

    published = publish_files(keep=2)

    assert published.removed == [1, 2, 3]
    assert list(versions_in(model_directory)) == [4, 5]


def test_a_labelled_version_is_never_removed(publish_files, model_directory):
    for _ in range(3):
        publish_files()
    set_labels(model_directory, {"stable": 1}, settle_seconds=0)

    published = publish_files(keep=1)

    assert published.removed == [2, 3]
    assert list(versions_in(model_directory)) == [1, 4]


def test_numbers_go_on_after_a_rollback_and_retention(publish_files, model_directory):
    for _ in range(3):
        publish_files()
    roll_back(model_directory, to=1)

    assert publish_files(keep=1).number == 4
    # Older than all that is kept, so they go as well.
    assert versions_in(model_directory, WITHDRAWN) == {}
    assert publish_files().number == 5


def test_the_highest_number_is_kept_though_it_was_withdrawn(
    publish_files, model_directory
):
    for _ in range(3):
        publish_files()
    roll_back(model_directory)
    set_labels(model_directory, {"stable": 1}, settle_seconds=0)

    remove_old_versions(model_directory, 1, Rollout({"stable": 1}))

    assert list(versions_in(model_directory, WITHDRAWN)) == [3]
    assert publish_files().number == 4


def test_a_version_is_hidden_before_its_first_file_goes(
    publish_files, model_directory, monkeypatch
):
    publish_files()
    removed = []
    monkeypatch.setattr(
        retention.shutil,
        "rmtree",
        lambda path: removed.append((path.name, sorted(versions_in(path.parent)))),
    )

    publish_files(keep=1)

    assert removed == [(".removed-1", [2])]


def test_what_a_killed_retention_left_is_removed(publish_files, model_directory):
    publish_files()
    (model_directory / ".removed-7" / "variables").mkdir(parents=True)

    publish_files(keep=2)

    assert not (model_directory / ".removed-7").exists()


def test_keeping_none_is_refused(publish_files):
    with pytest.raises(ArtifactError, match="At least 1 version must be kept"):
        publish_files(keep=0)
