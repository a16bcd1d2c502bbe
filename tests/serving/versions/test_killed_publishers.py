"""Two publishers at once, killed at any moment, never show half a version."""

import pytest
from serving_load.killed_publishers import publish_and_kill

from mtl_rec.export.publishing import WITHDRAWN, versions_in
from mtl_rec.serving.server_files.models_config import read_rollout


@pytest.mark.parametrize(
    "count", [15, pytest.param(200, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_no_partial_version_is_ever_seen(count, tmp_path, model_directory, watch):
    with watch(model_directory) as watcher:
        killed = publish_and_kill(model_directory, tmp_path / "scratch", count)

    assert watcher.partial == {}
    assert watcher.misnamed == []
    assert watcher.reused == []
    assert killed >= count / 5 * 2
    assert max(watcher.seen) >= count
    assert watcher.looks > count


def test_after_kills_the_next_publisher_goes_on(
    tmp_path, model_directory, publish_files
):
    publish_and_kill(model_directory, tmp_path / "scratch", 5)
    highest = max(versions_in(model_directory))

    published = publish_files(label="stable", keep=1)

    assert published.number == highest + 1
    loaded = set(read_rollout(model_directory).loaded)
    assert set(versions_in(model_directory)) == loaded
    assert versions_in(model_directory, WITHDRAWN) == {}
