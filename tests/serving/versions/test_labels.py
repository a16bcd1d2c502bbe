"""Labels name versions that are there, and a server can always follow them."""

import re

import pytest

from mtl_rec.errors import ArtifactError
from mtl_rec.export.publishing import versions_in
from mtl_rec.serving.server_files.models_config import Rollout, read_rollout
from mtl_rec.serving.versions import labels as labels_module
from mtl_rec.serving.versions import set_labels, settling


@pytest.fixture
def three_versions(publish_files, model_directory):
    for _ in range(3):
        publish_files()
    return model_directory


@pytest.fixture
def pushes(monkeypatch):
    """All that a server is told, in order."""
    told = []
    write = labels_module.write_server_files

    def note(directory, rollout):
        told.append(rollout)
        return write(directory, rollout)

    monkeypatch.setattr(labels_module, "write_server_files", note)
    return told


def test_without_labels_the_newest_version_is_served(three_versions):
    assert read_rollout(three_versions) == Rollout()
    assert read_rollout(three_versions).loaded == []


def test_with_labels_only_labelled_versions_are_loaded(three_versions):
    rollout = set_labels(three_versions, {"stable": 1, "canary": 3}, settle_seconds=0)

    assert rollout.loaded == [1, 3]
    assert read_rollout(three_versions) == rollout


def test_a_known_label_moves_only_after_its_version_was_asked_for(
    three_versions, pushes
):
    set_labels(three_versions, {"stable": 1}, settle_seconds=0)
    pushes.clear()

    set_labels(three_versions, {"stable": 3}, settle_seconds=0)

    first, last = pushes
    assert (first.labels, first.loaded) == ({"stable": 1}, [1, 3])
    assert (last.labels, last.loaded) == ({"stable": 3}, [3])


def test_a_label_moves_at_once_to_a_version_that_is_loaded(three_versions, pushes):
    set_labels(three_versions, {"stable": 1, "canary": 3}, settle_seconds=0)
    pushes.clear()

    # Would time out if it waited for a server.
    set_labels(three_versions, {"stable": 3, "canary": None}, settle_seconds=3600)

    assert pushes == [Rollout({"stable": 3})]


def test_a_new_label_waits_for_nothing(three_versions, pushes):
    set_labels(three_versions, {"stable": 2}, settle_seconds=3600)
    set_labels(three_versions, {"canary": 3}, settle_seconds=3600)

    assert [rollout.labels for rollout in pushes] == [
        {"stable": 2},
        {"canary": 3, "stable": 2},
    ]


def test_without_its_last_label_a_model_serves_the_newest_again(three_versions):
    set_labels(three_versions, {"stable": 2}, settle_seconds=0)

    assert set_labels(three_versions, {"stable": None}) == Rollout()
    assert read_rollout(three_versions) == Rollout()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stable": 4}, "has no version 4. Versions: [1, 2, 3]."),
        ({"canary": 2}, "Beside the labels ['canary'] there must be 'stable'"),
        ({"canary": None}, "There is no label 'canary' to remove. Labels: []."),
        ({"sta-ble": 1}, "Received: 'sta-ble'."),
        ({"": 1}, "Received: ''."),
    ],
)
def test_a_wrong_label_is_refused_and_nothing_changes(changes, message, three_versions):
    before = (three_versions / "server" / "models.config").read_bytes()

    with pytest.raises(ArtifactError, match=re.escape(message)):
        set_labels(three_versions, changes)

    assert (three_versions / "server" / "models.config").read_bytes() == before


def test_stable_is_not_removed_from_under_a_canary(three_versions):
    set_labels(three_versions, {"stable": 1, "canary": 3}, settle_seconds=0)

    with pytest.raises(ArtifactError, match="there must be 'stable'"):
        set_labels(three_versions, {"stable": None})


def test_the_first_canary_leaves_the_served_version_stable(publish_files):
    publish_files()

    published = publish_files(label="canary")

    assert published.rollout == Rollout({"canary": 2, "stable": 1})


def test_a_server_knows_what_is_stable_before_the_first_canary_appears(
    publish_files, model_directory, monkeypatch
):
    publish_files()
    seen = []

    def note(seconds):
        labels = read_rollout(model_directory).labels
        seen.append((seconds, labels, list(versions_in(model_directory))))

    monkeypatch.setattr(settling, "settle", note)
    publish_files(label="canary", settle_seconds=7)

    assert seen == [(7, {"stable": 1}, [1])]


def test_the_first_version_of_all_is_stable_whatever_its_label(publish_files):
    assert publish_files(label="canary").rollout.labels == {"canary": 1, "stable": 1}


def test_a_version_without_a_label_is_not_loaded_beside_labelled_ones(publish_files):
    publish_files(label="stable")

    assert publish_files().rollout == Rollout({"stable": 1})


def test_a_damaged_config_says_so(three_versions):
    (three_versions / "server" / "models.config").write_text("model_config {")

    with pytest.raises(ArtifactError, match="must be a ModelServerConfig"):
        set_labels(three_versions, {"stable": 1})
