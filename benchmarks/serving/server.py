"""Serves models and prints its port: python server.py NAME=FOLDER ..."""

import sys

from mtl_rec.serving.local import LocalServer


def main(models: list[str]) -> None:
    folders = dict(model.split("=", 1) for model in models)
    with LocalServer(folders, grpc_port=0, rest_port=0, without_xla=True) as server:
        print(server.grpc_port, flush=True)
        server.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
