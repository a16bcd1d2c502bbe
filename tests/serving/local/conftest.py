"""Servers to test: ours, and a real one where there is one.

Start TensorFlow Serving on an empty folder, and then the tests beside it:

    echo 'prometheus_config { enable: true }' > monitoring.config
    mkdir -p $MTL_REC_TFS_MODELS/tiny
    tensorflow_model_server --port=8500 --rest_api_port=8501 --model_name=tiny \\
        --model_base_path=$MTL_REC_TFS_MODELS/tiny --max_num_load_retries=0 \\
        --monitoring_config_file=monitoring.config
    MTL_REC_TFS_URL=http://127.0.0.1:8501 MTL_REC_TFS_GRPC=127.0.0.1:8500 \\
        pytest -m tfserving tests/serving/local
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest
from serving_load.survival import GRPC_ANSWERS
from serving_load.swaps import wait_until_alone
from serving_load.wire import Address, Grpc, Rest

from mtl_rec.serving.local import LocalServer

MODEL = "tiny"
WAIT_SECONDS = 60
URL = os.environ.get("MTL_REC_TFS_URL")
REAL = [pytest.param("real", marks=pytest.mark.tfserving)] if URL else []
SERVERS = ["local", *REAL]


class Served:
    """A server and the folder it reads the versions of `tiny` from.

    Args:
        address: Of the server.
        directory: The model's folder.
        write: Writes a version to a folder.
    """

    model = MODEL
    grpc_answers = GRPC_ANSWERS
    """To requests that should not be sent."""

    def __init__(self, address: Address, directory: Path, write: Callable) -> None:
        self.address = address
        self.directory = directory
        self._write = write

    def newest(self) -> int:
        """The newest version in the folder, 0 if there is none."""
        numbers = [int(p.name) for p in self.directory.iterdir() if p.name.isdigit()]
        return max(numbers, default=0)

    def publish(self, scale: float = 1.0) -> int:
        """Adds a version; returns its number."""
        number = self.newest() + 1
        self._write(self.directory / str(number), scale)
        return number

    def withdraw(self, number: int) -> None:
        """Takes a version out of the folder, at once."""
        hidden = self.directory / f".withdrawn-{number}"
        (self.directory / str(number)).rename(hidden)
        shutil.rmtree(hidden)

    def wait_until_alone(self, number: int) -> None:
        """Returns when a version is the only one that takes requests."""
        with Grpc(self.address) as client:
            wait_until_alone(client, MODEL, number)

    def wait_for_state(self, number: int, state: int) -> str:
        """Returns when a version has a state: what is said of it."""
        deadline = time.monotonic() + WAIT_SECONDS
        with Grpc(self.address) as client:
            while time.monotonic() < deadline:
                status = client.statuses(MODEL).get(number)
                if status is not None and status.state == state:
                    return status.status.error_message
                time.sleep(0.02)
        raise TimeoutError(f"Version {number} is {status}.")


def _real_server(write: Callable) -> Served:
    host = URL.removeprefix("http://").rpartition(":")[0]
    grpc_address = os.environ.get("MTL_REC_TFS_GRPC", f"{host}:8500")
    directory = Path(os.environ["MTL_REC_TFS_MODELS"], MODEL)
    directory.mkdir(exist_ok=True)
    served = Served(Address(grpc_address, URL), directory, write)
    # What gRPC in C++ itself answers to bytes that are no message.
    served.grpc_answers = GRPC_ANSWERS | {"INTERNAL"}
    number = served.publish()
    for old in range(1, number):
        if (directory / str(old)).exists():
            served.withdraw(old)
    with Grpc(served.address) as client:
        # It listens once it has a version.
        grpc.channel_ready_future(client.channel).result(WAIT_SECONDS)
    served.wait_until_alone(number)
    return served


@pytest.fixture(scope="session")
def shared_local_server(tiny_version, write_servable) -> Iterator[Served]:
    directory = tiny_version.parent
    with LocalServer({MODEL: directory}, grpc_port=0, rest_port=0) as server:
        yield Served(address_of(server), directory, write_servable)


@pytest.fixture(scope="session", params=SERVERS)
def server(request, write_servable) -> Served:
    """A server with one version of `tiny`, scale 1; leave it as it is."""
    if request.param == "real":
        return _real_server(write_servable)
    return request.getfixturevalue("shared_local_server")


@pytest.fixture(params=SERVERS)
def live_server(request, tmp_path, write_servable) -> Iterator[Served]:
    """A server with one version of `tiny`, scale 1, whose folder may be changed."""
    if request.param == "real":
        yield _real_server(write_servable)
        # As `server` was left: there is one folder for all tests.
        _real_server(write_servable)
        return
    directory = tmp_path / MODEL
    directory.mkdir()
    write_servable(directory / "1")
    models = {MODEL: directory}
    ports = {"grpc_port": 0, "rest_port": 0}
    with LocalServer(models, **ports, poll_seconds=0.05) as local:
        yield Served(address_of(local), directory, write_servable)


@pytest.fixture
def rest(server) -> Iterator[Rest]:
    with Rest(server.address) as client:
        yield client


@pytest.fixture
def grpc_client(server) -> Iterator[Grpc]:
    with Grpc(server.address) as client:
        yield client


@pytest.fixture
def columns() -> dict[str, list]:
    """Two rows of the inputs of `serving_default`."""
    return {
        "item": ["kettle", "Ärmel"],
        "price": [2.0, 0.5],
        "history": [["a", "b", ""], ["", "", ""]],
    }


@pytest.fixture
def rows(columns) -> list[dict]:
    return [
        dict(zip(columns, values, strict=True))
        for values in zip(*columns.values(), strict=True)
    ]


def address_of(server: LocalServer) -> Address:
    return Address(
        f"{server.host}:{server.grpc_port}", f"http://{server.host}:{server.rest_port}"
    )
