"""Requests over gRPC on loopback, to local servers in a process of their own."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import grpc
import numpy as np

_LARGEST = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
]


@contextmanager
def serving(folders: Mapping[str, Path]) -> Iterator[grpc.Channel]:
    """A channel to a server of models, by name the folder of each one's versions."""
    models = [f"{name}={folder}" for name, folder in folders.items()]
    process = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("server.py"), *models],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"localhost:{port}", options=_LARGEST) as channel:
            yield channel
    finally:
        process.terminate()
        process.wait()


class GrpcRequest:
    """One request, made once and sent often.

    Args:
        channel: To the server.
        model: Its name there.
        signature: What is asked.
        batch: Values of its inputs.
    """

    def __init__(
        self,
        channel: grpc.Channel,
        model: str,
        signature: str,
        batch: Mapping[str, np.ndarray],
    ) -> None:
        import tensorflow as tf
        from tensorflow_serving.apis.predict_pb2 import PredictRequest
        from tensorflow_serving.apis.prediction_service_pb2_grpc import (
            PredictionServiceStub,
        )

        self._predict = PredictionServiceStub(channel).Predict
        self._request = PredictRequest()
        self._request.model_spec.name = model
        self._request.model_spec.signature_name = signature
        for name, values in batch.items():
            self._request.inputs[name].CopyFrom(tf.make_tensor_proto(values))

    def seconds(self) -> float:
        """Asks once."""
        started = time.perf_counter()
        self._predict(self._request, timeout=60)
        return time.perf_counter() - started
