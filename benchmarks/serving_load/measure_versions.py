"""Figures on versions: how they appear, are damaged, and are taken back."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from mtl_rec.errors import VerificationError
from mtl_rec.export.verification import climb_by_itself
from mtl_rec.serving.local import LocalServer
from mtl_rec.serving.versions import roll_back
from serving_load.damages import damage_everything
from serving_load.figures import Figure
from serving_load.killed_publishers import publish_and_kill
from serving_load.loading import Loader
from serving_load.watching import Watcher
from serving_load.wire import Address, Grpc, arrays_of, predict_request

MOST_POLLS = 5


def kills(
    version: Path, request: Mapping[str, np.ndarray], scratch: Path, publishes: int
) -> Iterator[Figure]:
    """R4: what is visible while publishers are killed."""
    directory = scratch / "models" / "quickstart"
    with (
        Watcher(directory) as watcher,
        Loader(watcher, version, request) as loader,
    ):
        killed = publish_and_kill(
            directory, scratch / "copies", publishes, version=version
        )
    shutil.rmtree(scratch / "models")
    wrong = len(watcher.partial) + len(watcher.misnamed) + len(watcher.reused)
    published = len(watcher.seen)
    loaded = sum(not problem for problem in loader.problems.values())
    of = f"in {published} publishes"
    yield Figure("R4", f"publishers killed {of}", killed)
    yield Figure("R4", f"looks a second {of}", watcher.looks / watcher.seconds)
    yield Figure(
        "R4", f"partial versions, wrong labels or reused numbers {of}", wrong, 0
    )
    yield Figure("R4", "versions that did not load, each once", published - loaded, 0)
    yield Figure("R4", "versions published", published, publishes, at_least=True)


def damages(version: Path, scratch: Path, flips: int) -> Iterator[Figure]:
    """R5: damaged files that the first rung of every publish notices."""

    def is_caught(copy: Path) -> bool:
        try:
            list(climb_by_itself(copy))
        except VerificationError:
            return True
        return False

    report = damage_everything(version, scratch / "damaged", is_caught, flips)
    caught = 100 * (1 - len(report.missed) / report.tried)
    what = f"% caught of {report.tried} damages (deleted, cut short, one bit flipped)"
    yield Figure("R5", what, caught, 100, at_least=True)


def rollback(
    versions: tuple[Path, Path], columns: Mapping[str, list], scratch: Path
) -> Iterator[Figure]:
    """R15: looks that a server needs to follow, and the answer after."""
    directory = scratch / "rollback"
    for number, version in enumerate(versions, start=1):
        shutil.copytree(version, directory / str(number))
    request = predict_request("model", columns)
    ports = {"grpc_port": 0, "rest_port": 0}
    withdrawn = directory / "2"
    hidden = withdrawn.rename(directory / ".later")
    # It looks when it is told to.
    with ExitStack() as stack:
        server = LocalServer({"model": directory}, **ports, poll_seconds=3600)
        stack.enter_context(server)
        address = Address(f"{server.host}:{server.grpc_port}", "")
        client = stack.enter_context(Grpc(address))
        before = client.predict(request)
        hidden.rename(withdrawn)
        while client.predict(request).model_spec.version.value != 2:
            server.poll()
        roll_back(directory, settle_seconds=0)
        polls = 0
        after = client.predict(request)
        while after.model_spec.version.value != 1 and polls < MOST_POLLS:
            server.poll()
            polls += 1
            after = client.predict(request)
    expected = arrays_of(before)
    differing = sum(
        int(np.count_nonzero(values != expected[name]))
        for name, values in arrays_of(after).items()
    )
    yield Figure("R15", "looks until a rollback is followed", polls, 2)
    yield Figure("R15", "differing values after a rollback", differing, 0)
