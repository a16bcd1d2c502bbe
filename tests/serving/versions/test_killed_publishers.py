"""Two publishers at once, killed at any moment, never show half a version."""

import subprocess
import sys

import pytest

from mtl_rec.export.publishing import WITHDRAWN, versions_in
from mtl_rec.serving.server_files.models_config import read_rollout

# Forks the publishers: they start in a millisecond, and can be killed anywhere in what
# they do. Loads no framework.
KILLER = """
import os, random, signal, sys, time
from pathlib import Path
from mtl_rec.export.checksums import write_checksums
from mtl_rec.export.publishing import versions_in
from mtl_rec.serving.versions.placing import Checked, publish_checked

scratch, directory = Path(sys.argv[1]), Path(sys.argv[2])
count, seed = int(sys.argv[3]), int(sys.argv[4])
random.seed(seed)


def publish(name):
    folder = scratch / name
    (folder / "variables").mkdir(parents=True)
    for file in ("saved_model.pb", "variables/first", "variables/last"):
        (folder / file).write_text(name * 1000)
    write_checksums(folder)
    label = random.choice([None, "stable", "canary"])
    publish_checked(
        folder,
        directory,
        lambda copy, served: Checked([], None),
        label=label,
        keep=random.choice([None, 6]),
        settle_seconds=0,
    )


def newest():
    return max(versions_in(directory), default=0) if directory.exists() else 0


# As long as some publishes take on this disk, which may be slow.
began = time.perf_counter()
publish(f"{seed}-first")
longest = 8 * (time.perf_counter() - began)
started = 0
while newest() < count or started < count / 5:
    started += 1
    child = os.fork()
    if not child:
        random.seed(seed * 1_000_000 + started)
        for number in range(1_000_000):
            publish(f"{seed}-{started}-{number}")
    time.sleep(random.uniform(0, longest))
    os.kill(child, signal.SIGKILL)
    if os.WIFEXITED(os.waitpid(child, 0)[1]):
        sys.exit("a publisher failed by itself")
print(started)
"""


def publish_and_kill(directory, scratch, count):
    """Two at once until there were so many versions; returns how many were killed."""
    arguments = [str(scratch), str(directory), str(count)]
    killers = [
        subprocess.Popen(
            [sys.executable, "-c", KILLER, *arguments, str(seed)],
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for seed in (1, 2)
    ]
    outputs = [killer.communicate(timeout=300)[0] for killer in killers]
    assert [killer.returncode for killer in killers] == [0, 0]
    return sum(map(int, outputs))


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
