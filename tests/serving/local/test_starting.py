"""A server that can't start says why; one that stops leaves nothing behind."""

import socket
import threading
import time

import pytest
from serving_load.wire import Address, Rest

from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.serving.local import LocalServer

WAIT_SECONDS = 120


def start(models, **how):
    server = LocalServer(models, grpc_port=0, rest_port=0, poll_seconds=0.01, **how)
    server.start()
    server.stop()


@pytest.mark.parametrize(
    ("children", "message"),
    [
        (None, r"model 'tiny' must exist"),
        ([], r"Received: an empty folder"),
        (["saved_model.pb"], r"Received: saved_model\.pb.*folder above the versions"),
        (["1"], r"'tiny' can't be served: version 1: "),
    ],
    ids=["no folder", "empty", "a version's own folder", "a version without a graph"],
)
def test_a_model_that_can_not_be_served_is_an_error(tmp_path, children, message):
    folder = tmp_path / "tiny"
    for child in children or []:
        (folder / child).mkdir(parents=True)
    if children == []:
        folder.mkdir()

    with pytest.raises(ArtifactError, match=message):
        start({"tiny": folder})


def test_a_policy_without_a_version_is_an_error(tmp_path, tiny_version):
    config = tmp_path / "models.config"
    config.write_text(
        "model_config_list { config { name: 'tiny' model_platform: 'tensorflow' "
        f"base_path: '{tiny_version.parent}' "
        "model_version_policy { specific { versions: 7 } } } }"
    )

    with pytest.raises(ArtifactError, match=r"Asked for: \[7\]. Received: \[1\]"):
        start(None, models_config=config)


@pytest.mark.parametrize(
    ("option", "argument"), [("--port", "grpc_port"), ("--rest-port", "rest_port")]
)
def test_a_port_that_is_taken_is_an_error(tiny_version, option, argument):
    models = {"tiny": tiny_version.parent}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = {"grpc_port": 0, "rest_port": 0, argument: taken.getsockname()[1]}

        with pytest.raises(ConfigError, match=f"`{option}` must name a free port"):
            LocalServer(models, **ports).start()


def test_two_servers_do_not_share_a_port(tiny_version):
    models = {"tiny": tiny_version.parent}
    with (
        LocalServer(models, grpc_port=0, rest_port=0) as first,
        pytest.raises(ConfigError, match="`--port`"),
    ):
        LocalServer(models, grpc_port=first.grpc_port, rest_port=0).start()


def test_a_server_in_a_thread_stops_and_frees_its_ports(tiny_version):
    models = {"tiny": tiny_version.parent}
    server = LocalServer(models, grpc_port=0, rest_port=0)
    thread = threading.Thread(target=lambda: (server.start(), server.wait()))
    thread.start()
    with Rest(_when_ready(server)) as rest:
        assert rest.get("/v1/models/tiny").status == 200

    server.stop()

    thread.join(WAIT_SECONDS)
    assert not thread.is_alive()
    ports = {"grpc_port": server.grpc_port, "rest_port": server.rest_port}
    with LocalServer(models, **ports) as again:
        assert again.rest_port == server.rest_port


def _when_ready(server):
    deadline = time.monotonic() + WAIT_SECONDS
    while not server.rest_port and time.monotonic() < deadline:
        time.sleep(0.01)
    return Address("", f"http://{server.host}:{server.rest_port}")
