"""R4: every version that appears while publishers are killed loads, once and whole."""

import numpy as np
from serving_load.killed_publishers import publish_and_kill
from serving_load.loading import Loader
from serving_load.watching import Watcher

VERSIONS = 6


def test_every_version_that_is_seen_loads(tiny_version, tmp_path):
    request = {
        "item": np.array([b"kettle"], object),
        "price": np.array([2.0], np.float32),
        "history": np.array([[b"", b"", b""]], object),
    }
    directory = tmp_path / "models" / "tiny"

    with (
        Watcher(directory) as watcher,
        Loader(watcher, tiny_version, request) as loader,
    ):
        publish_and_kill(
            directory, tmp_path / "scratch", VERSIONS, version=tiny_version
        )

    assert len(watcher.seen) >= VERSIONS
    assert set(loader.problems) == set(watcher.seen)
    assert set(loader.problems.values()) == {""}
    assert watcher.partial == {}


def test_a_version_that_does_not_load_is_noticed(tiny_version, tmp_path):
    request = {"item": np.array([b"kettle"], object)}
    watcher = Watcher(tmp_path)
    watcher.seen[7] = "listed"

    with Loader(watcher, tiny_version, request) as loader:
        pass

    assert loader.problems.keys() == {7}
    assert "Could not find SavedModel" in loader.problems[7]
