"""TensorFlow Serving's gRPC protocol, by its own messages and stubs."""

from collections.abc import Awaitable
from typing import Any

import grpc
import numpy as np
from google.protobuf.json_format import MessageToDict
from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    SignatureDefMap,
)
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceStub
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

from mtl_rec.serving.client.address import Address, ModelReference
from mtl_rec.serving.client.errors import server_error
from mtl_rec.serving.client.grpc_tensors import from_proto, to_proto
from mtl_rec.serving.client.inputs import Arrays
from mtl_rec.serving.client.signatures import (
    ModelMetadata,
    Signature,
    VersionStatus,
    read_metadata,
    read_status,
)

_OPTIONS = [
    # Without this a reply of more than 4 MB is refused here.
    ("grpc.max_receive_message_length", -1),
    # A channel that failed does not try again for a second, then two, then four:
    # longer than our own pauses, which would meet the same failure.
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 1000),
]


class GrpcTransport:
    """A channel to one server.

    Args:
        address: The server.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._channel: grpc.aio.Channel | None = None

    async def predict(
        self,
        model: ModelReference,
        signature: Signature,
        arrays: Arrays,
        outputs: tuple[str, ...],
        seconds: float,
    ) -> dict[str, np.ndarray]:
        """Runs a signature; only the outputs asked for are in the answer."""
        specification = _specification(model)
        specification.signature_name = signature.name
        request = PredictRequest(
            model_spec=specification,
            inputs={name: to_proto(values) for name, values in arrays.items()},
            output_filter=outputs,
        )
        stub = PredictionServiceStub(self._open_channel())
        reply = await self._answer(stub.Predict(request, timeout=seconds), model)
        return {name: from_proto(tensor) for name, tensor in reply.outputs.items()}

    async def metadata(self, model: ModelReference, seconds: float) -> ModelMetadata:
        """The signatures of a version."""
        request = GetModelMetadataRequest(
            model_spec=_specification(model), metadata_field=["signature_def"]
        )
        stub = PredictionServiceStub(self._open_channel())
        call = stub.GetModelMetadata(request, timeout=seconds)
        reply = await self._answer(call, model)
        signatures = SignatureDefMap()
        reply.metadata["signature_def"].Unpack(signatures)
        values = MessageToDict(signatures, preserving_proto_field_name=True)
        version = reply.model_spec.version.value
        return read_metadata(version, values.get("signature_def", {}))

    async def status(
        self, model: ModelReference, seconds: float
    ) -> list[VersionStatus]:
        """The versions that the server knows, newest first."""
        request = GetModelStatusRequest(model_spec=_specification(model))
        stub = ModelServiceStub(self._open_channel())
        call = stub.GetModelStatus(request, timeout=seconds)
        values = MessageToDict(
            await self._answer(call, model), preserving_proto_field_name=True
        )
        return read_status(values.get("model_version_status", []))

    async def close(self) -> None:
        """Closes the channel."""
        if self._channel is not None:
            await self._channel.close()
            self._channel = None

    def _open_channel(self) -> grpc.aio.Channel:
        if self._channel is None:
            host = self._address.host
            if self._address.is_secure:
                credentials = grpc.ssl_channel_credentials()
                self._channel = grpc.aio.secure_channel(host, credentials, _OPTIONS)
            else:
                self._channel = grpc.aio.insecure_channel(host, _OPTIONS)
        return self._channel

    async def _answer(self, call: Awaitable[Any], model: ModelReference) -> Any:
        try:
            return await call
        except grpc.aio.AioRpcError as error:
            about, detail = f"{self._address.url}, {model}", error.details() or ""
            raise server_error(error.code().name, about, detail) from error


def _specification(model: ModelReference) -> Any:
    specification = ModelSpec(name=model.name)
    if model.version is not None:
        specification.version.value = model.version
    if model.label is not None:
        specification.version_label = model.label
    return specification
