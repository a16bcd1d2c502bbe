"""Publishers that are killed at any moment of what they do.

Each publisher is a fork of this script: it starts in a millisecond, as no framework is
loaded.

Usage: python killed_publishers.py SCRATCH MODEL_DIRECTORY COUNT SEED [VERSION]

Prints how many were killed until there were COUNT versions. They are copies of VERSION,
all of which are kept, or else some files that no server could load.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from mtl_rec.export.checksums import write_checksums
from mtl_rec.export.publishing import versions_in
from mtl_rec.serving.versions.placing import Checked, publish_checked

TIMEOUT_SECONDS = 300


def publish_and_kill(
    directory: Path, scratch: Path, count: int, version: Path | None = None
) -> int:
    """Two publishers at once until there were so many versions.

    Args:
        directory: Of the model.
        scratch: A folder for what is to be published.
        count: How many versions.
        version: What is published again and again; files that no server could load if
            None.

    Returns:
        How many publishers were killed.
    """
    arguments = [str(path) for path in (scratch, directory, count)]
    killers = [
        subprocess.Popen(
            [sys.executable, __file__, *arguments, str(seed)]
            + ([] if version is None else [str(version)]),
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for seed in (1, 2)
    ]
    outputs = [killer.communicate(timeout=TIMEOUT_SECONDS)[0] for killer in killers]
    if any(killer.returncode for killer in killers):
        raise RuntimeError("A publisher failed by itself.")
    return sum(map(int, outputs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("directory", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("version", type=Path, nargs="?")
    options = parser.parse_args()
    random.seed(options.seed)
    publish = partial(
        _publish, options.directory, options.scratch, version=options.version
    )
    # As long as some publishes take on this disk, which may be slow.
    began = time.perf_counter()
    publish(f"{options.seed}-first")
    longest = 8 * (time.perf_counter() - began)
    started = 0
    while _newest(options.directory) < options.count or started < options.count / 5:
        started += 1
        child = os.fork()
        if not child:
            random.seed(options.seed * 1_000_000 + started)
            for number in range(1_000_000):
                publish(f"{options.seed}-{started}-{number}")
        time.sleep(random.uniform(0, longest))
        os.kill(child, signal.SIGKILL)
        if os.WIFEXITED(os.waitpid(child, 0)[1]):
            sys.exit("A publisher failed by itself.")
    print(started)


def _publish(directory: Path, scratch: Path, name: str, version: Path | None) -> None:
    folder = scratch / name
    if version is None:
        (folder / "variables").mkdir(parents=True)
        for file in ("saved_model.pb", "variables/first", "variables/last"):
            (folder / file).write_text(name * 1000)
    else:
        shutil.copytree(version, folder)
        extra = folder / "assets.extra"
        extra.mkdir(exist_ok=True)
        (extra / "copy.txt").write_text(name)
    write_checksums(folder)
    publish_checked(
        folder,
        directory,
        lambda copy, served: Checked([], None),
        label=random.choice([None, "stable", "canary"]),
        keep=random.choice([None, 6]) if version is None else None,
        settle_seconds=0,
    )
    if version is not None:
        shutil.rmtree(folder)


def _newest(directory: Path) -> int:
    return max(versions_in(directory), default=0) if directory.exists() else 0


if __name__ == "__main__":
    main()
