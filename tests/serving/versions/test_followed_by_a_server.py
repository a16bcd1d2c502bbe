"""A server that polls follows releases and rollbacks, and answers all the while."""

import json
import threading
import urllib.request

import pytest

from mtl_rec.serving.local import LocalServer
from mtl_rec.serving.versions import roll_back, set_labels, settling
from mtl_rec.serving.versions.placing import Checked, publish_checked

ROW = {"item": "kettle", "price": 1.5, "history": ["", "", ""]}


@pytest.fixture
def release(write_servable, tmp_path, model_directory):
    """Publishes a version whose scores differ from those of others."""

    def publish_next(scale, label=None):
        folder = write_servable(tmp_path / f"exported-{scale}", scale)
        return publish_checked(
            folder, model_directory, lambda *_: Checked([], None), label=label
        )

    return publish_next


class Client:
    """Asks again and again, by label or for the newest version.

    Attributes:
        replies: The answers, each time they changed.
        errors: What went wrong.
    """

    def __init__(self, server, path):
        base = f"http://127.0.0.1:{server.rest_port}/v1/models/shop"
        self.address = f"{base}{path}:predict"
        self.replies, self.errors = [], []
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._ask_on)

    def ask(self):
        body = json.dumps({"instances": [ROW]}).encode()
        with urllib.request.urlopen(self.address, body, timeout=60) as reply:
            return json.load(reply)["predictions"]

    def _ask_on(self):
        while not self._ends.is_set():
            try:
                reply = self.ask()
            except OSError as error:
                self.errors.append(str(error))
                continue
            if reply not in self.replies[-1:]:
                self.replies.append(reply)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ends.set()
        self._thread.join()


def look(server):
    """The directory before the config: a server may see them in either order."""
    server.poll()
    server.poll_config()
    server.poll()


@pytest.fixture
def serve(model_directory, monkeypatch):
    """A server that looks when it is told, as often as a command gives it time for."""

    def start(*, by_labels):
        config = model_directory / "server" / "models.config" if by_labels else None
        server = LocalServer(
            {"shop": model_directory},
            models_config=config,
            grpc_port=0,
            rest_port=0,
            poll_seconds=3600,
            config_poll_seconds=3600,
        )
        monkeypatch.setattr(settling, "settle", lambda _: look(server))
        return server

    return start


def test_labels_move_on_and_back_without_a_failed_request(
    release, serve, model_directory
):
    release(1.0)
    with serve(by_labels=True) as server, Client(server, "/labels/stable") as client:
        with pytest.raises(OSError, match="400"):
            client.ask()
        release(2.0, label="canary")
        look(server)
        client.errors.clear()
        before = client.ask()
        canary = Client(server, "/labels/canary").ask()
        set_labels(model_directory, {"stable": 2, "canary": None})
        look(server)
        after = client.ask()
        done = roll_back(model_directory)
        look(server)
        again = client.ask()

    assert client.errors == []
    assert before != canary == after
    assert again == before
    assert client.replies[-1] == before
    assert done.withdrawn.keys() == {2}


def test_without_labels_the_newest_is_served_and_given_up_without_a_failed_request(
    release, serve, model_directory
):
    release(1.0)
    with serve(by_labels=False) as server, Client(server, "") as client:
        before = client.ask()
        release(2.0)
        look(server)
        after = client.ask()
        roll_back(model_directory)
        look(server)
        again = client.ask()

    assert client.errors == []
    assert before != after
    assert again == before


def test_the_first_canary_is_never_served_to_all(release, serve):
    release(1.0)
    with serve(by_labels=True) as server:
        everyone = Client(server, "")
        before = everyone.ask()
        answers = []
        release(2.0)  # seen by a server that knows no label
        look(server)
        answers.append(everyone.ask())
        release(3.0, label="canary")
        look(server)
        stable = Client(server, "/labels/stable").ask()

    assert before != answers[0] == stable
