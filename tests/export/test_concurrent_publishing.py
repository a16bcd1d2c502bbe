import os
import subprocess
import sys

from mtl_rec.export import publishing

# Loads the module by its file: importing the package would import TensorFlow.
PUBLISHER = """
import importlib.util, sys, time
from pathlib import Path

spec = importlib.util.spec_from_file_location("publishing", sys.argv[1])
publishing = importlib.util.module_from_spec(spec)
spec.loader.exec_module(publishing)
directory, count, pause = Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])

def write(folder):
    (folder / "variables").mkdir()
    for name in ("saved_model.pb", "variables/first", "variables/last"):
        (folder / name).write_text("whole")
        print(name, flush=True)
        time.sleep(pause)

for _ in range(count):
    publishing.publish(write, lambda folder: None, directory)
"""
FILES = {"saved_model.pb", "variables/first", "variables/last"}


def start_publisher(directory, count=1, pause=0.0):
    arguments = [publishing.__file__, str(directory), str(count), str(pause)]
    return subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, *arguments],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def whole_files(version):
    """Files of a version that hold all that their publisher writes."""
    return {
        str(path.relative_to(version))
        for path in version.rglob("*")
        if path.is_file() and path.read_text() == "whole"
    }


def test_two_publishers_at_once_publish_distinct_versions(tmp_path):
    publishers = [start_publisher(tmp_path / "funnel", count=25) for _ in range(2)]
    for publisher in publishers:
        publisher.communicate(timeout=60)

    assert [publisher.returncode for publisher in publishers] == [0, 0]
    names = sorted(os.listdir(tmp_path / "funnel"), key=int)
    assert names == [str(number) for number in range(1, 51)]
    assert all(whole_files(tmp_path / "funnel" / name) == FILES for name in names)


def test_a_poller_never_sees_a_partial_version(tmp_path):
    publisher = start_publisher(tmp_path, count=40, pause=0.005)
    looks = 0
    while publisher.poll() is None:
        for name in filter(str.isdigit, os.listdir(tmp_path)):
            assert whole_files(tmp_path / name) == FILES
        looks += 1
    publisher.communicate()

    assert len(os.listdir(tmp_path)) == 40
    assert looks > 10


def test_a_publisher_killed_while_writing_leaves_no_version(tmp_path):
    publisher = start_publisher(tmp_path / "funnel", pause=30)
    assert publisher.stdout.readline() == "saved_model.pb\n"
    publisher.kill()
    publisher.communicate()

    (leftover,) = os.listdir(tmp_path / "funnel")
    assert leftover.startswith(".tmp-")
    version, _ = publishing.publish(
        lambda folder: (folder / "saved_model.pb").touch(),
        lambda folder: None,
        tmp_path / "funnel",
    )
    assert version.name == "1"
