"""Serves models and prints where, as JSON.

Usage: python serve.py POLL_SECONDS NAME=FOLDER ...
"""

import json
import signal
import sys


def main(poll_seconds: str, *models: str) -> None:
    # What is served must run without Keras, as on a real server.
    sys.modules["keras"] = None  # type: ignore[assignment]
    from mtl_rec.serving.local import LocalServer

    server = LocalServer(
        dict(model.split("=", 1) for model in models),
        grpc_port=0,
        rest_port=0,
        poll_seconds=float(poll_seconds),
        without_xla=True,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with server:
        address = {
            "grpc": f"{server.host}:{server.grpc_port}",
            "rest": f"http://{server.host}:{server.rest_port}",
        }
        print(json.dumps(address), flush=True)
        server.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
