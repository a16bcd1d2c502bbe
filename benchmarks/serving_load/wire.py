"""Requests to a server, by gRPC and by REST, as any client would send them."""

import http.client
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import grpc
import numpy as np
import tensorflow as tf
from tensorflow_serving.apis.get_model_status_pb2 import (
    GetModelStatusRequest,
    ModelVersionStatus,
)
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceStub
from tensorflow_serving.apis.predict_pb2 import PredictRequest, PredictResponse
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

TIMEOUT_SECONDS = 60


class Address(NamedTuple):
    """Where a server listens."""

    grpc: str
    """host:port"""
    rest: str
    """http://host:port"""


class Grpc:
    """A channel of its own, without a limit on the size of replies."""

    def __init__(self, address: Address) -> None:
        unlimited = [
            ("grpc.max_receive_message_length", -1),
            ("grpc.max_send_message_length", -1),
            # Channels of a process share their connection if nothing tells them apart.
            ("grpc.use_local_subchannel_pool", 1),
        ]
        self.channel = grpc.insecure_channel(address.grpc, options=unlimited)
        self.predictions = PredictionServiceStub(self.channel)
        self.models = ModelServiceStub(self.channel)

    def __enter__(self) -> "Grpc":
        return self

    def __exit__(self, *_: object) -> None:
        self.channel.close()

    def predict(self, request: PredictRequest) -> PredictResponse:
        return self.predictions.Predict(request, timeout=TIMEOUT_SECONDS)

    def statuses(self, model: str) -> dict[int, ModelVersionStatus]:
        request = GetModelStatusRequest()
        request.model_spec.name = model
        reply = self.models.GetModelStatus(request, timeout=TIMEOUT_SECONDS)
        return {status.version: status for status in reply.model_version_status}


class RestReply(NamedTuple):
    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Rest:
    """A connection that is kept open from one request to the next."""

    def __init__(self, address: Address) -> None:
        host = urlsplit(address.rest).netloc
        self._connection = http.client.HTTPConnection(host, timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> "Rest":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> RestReply:
        """Sends bytes as they are, and all else as JSON."""
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        self._connection.request(method, path, content, headers)
        response = self._connection.getresponse()
        return RestReply(response.status, response.read())

    def post(self, path: str, body: Any) -> RestReply:
        return self.send("POST", path, body)

    def get(self, path: str) -> RestReply:
        return self.send("GET", path)


def predict_request(
    model: str, inputs: Mapping[str, Any], signature: str = "", **spec: Any
) -> PredictRequest:
    """Strings and float32 numbers by the name of the input.

    Args:
        model: Name of the model.
        inputs: Nested lists of strings or numbers.
        signature: The default one if empty.
        spec: `version` or `version_label`.
    """
    request = PredictRequest()
    request.model_spec.name = model
    request.model_spec.signature_name = signature
    if "version" in spec:
        request.model_spec.version.value = spec["version"]
    if "version_label" in spec:
        request.model_spec.version_label = spec["version_label"]
    for name, values in inputs.items():
        array = np.array(values)
        dtype = tf.string if array.dtype.kind in "USO" else tf.float32
        request.inputs[name].CopyFrom(tf.make_tensor_proto(values, dtype))
    return request


def arrays_of(response: PredictResponse) -> dict[str, np.ndarray]:
    return {name: tf.make_ndarray(t) for name, t in response.outputs.items()}
