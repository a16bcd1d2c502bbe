"""What stands between a REST client and its server answers in its own way."""

import http.server
import json
import threading

import pytest

from mtl_rec.serving.client import Client, ServerError, Unavailable

NUMBER = {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": "-1"}]}}
SIGNATURES = {"serving_default": {"inputs": {"x": NUMBER}, "outputs": {"y": NUMBER}}}
METADATA = {
    "model_spec": {"name": "shop", "version": "1"},
    "metadata": {"signature_def": {"signature_def": SIGNATURES}},
}


@pytest.fixture
def answering():
    """A server that gives the answers of a list to the requests for predictions."""
    servers = []

    def start(answers):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer(200, json.dumps(METADATA))

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                asked.append(self.path)
                self._answer(*answers.pop(0))

            def _answer(self, code, text):
                self.send_response(code)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        asked = []
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/behind/a/proxy", asked

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


GOOD = (200, '{"outputs": [0.5]}')
BUSY = (503, '{"error": "later"}')


def test_a_busy_server_is_asked_again(answering):
    url, asked = answering([BUSY, BUSY, GOOD])

    with Client(url, "shop") as client:
        assert client.predict({"x": [1.0]})["y"].tolist() == [0.5]

    assert asked == ["/behind/a/proxy/v1/models/shop:predict"] * 3


def test_a_server_that_stays_busy_is_unavailable(answering):
    url, asked = answering([BUSY] * 2)

    with (
        Client(url, "shop", retries=1) as client,
        pytest.raises(Unavailable, match=r"later\. Tries: 2\."),
    ):
        client.predict({"x": [1.0]})

    assert len(asked) == 2


@pytest.mark.parametrize(
    ("answer", "status", "text"),
    [
        ((502, "<html>Bad gateway</html>"), "HTTP 502", "<html>Bad gateway</html>"),
        ((500, '{"error": "a mistake"}'), "HTTP 500", "a mistake"),
        ((504, "late"), "DEADLINE_EXCEEDED", "late"),
        ((200, "<html>Welcome</html>"), "HTTP 200", "none of TensorFlow Serving's"),
        ((200, "[]"), "HTTP 200", "none of TensorFlow Serving's"),
        ((200, "{}"), "HTTP 200", "none of TensorFlow Serving's"),
        ((200, '{"outputs": "x"}'), "HTTP 200", "none of TensorFlow Serving's"),
        ((200, '{"outputs": [1, 2]}'), "INTERNAL", "must have 1 values"),
        ((200, '{"outputs": 1}'), "INTERNAL", "must have 1 values"),
    ],
)
def test_other_answers_are_told_and_not_asked_for_again(
    answering, answer, status, text
):
    url, asked = answering([answer])

    with (
        Client(url, "shop") as client,
        pytest.raises(ServerError, match=text) as error,
    ):
        client.predict({"x": [1.0]})

    assert error.value.status == status
    assert len(asked) == 1
