"""The REST API without its transport: a request in, a status and a body out."""

import time
from typing import Any, NamedTuple

import grpc
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    SignatureDefMap,
)
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest
from tensorflow_serving.apis.model_pb2 import ModelSpec

from mtl_rec.serving.local.json_documents import body_of
from mtl_rec.serving.local.json_examples import reply_classify, reply_regress
from mtl_rec.serving.local.json_predict import reply_predict
from mtl_rec.serving.local.metadata import SIGNATURES, answer_metadata, answer_status
from mtl_rec.serving.local.metrics import Metrics
from mtl_rec.serving.local.model_manager import ModelManager
from mtl_rec.serving.local.rest_paths import Asked, parse_path
from mtl_rec.serving.local.status import HTTP_STATUS, answer_to

_REPLIES = {
    "predict": reply_predict,
    "classify": reply_classify,
    "regress": reply_regress,
}


class RestReply(NamedTuple):
    """What is sent back: an HTTP status and JSON."""

    http_status: int
    body: bytes


class RestApi:
    """Answers REST requests with the models of a manager.

    Args:
        models: What answers.
        metrics: What counts.
    """

    def __init__(self, models: ModelManager, metrics: Metrics) -> None:
        self._models = models
        self._metrics = metrics

    def answer(self, method: str, path: str, body: bytes) -> RestReply:
        """The reply to any request, however wrong.

        Args:
            method: Of HTTP.
            path: As it was sent, without its query.
            body: Of the request.
        """
        started = time.perf_counter()
        code, model_name, what = grpc.StatusCode.OK, "", ""
        try:
            asked = parse_path(method, path)
            model_name, what = asked.spec.name, asked.what
            reply = body_of(self._reply(asked, body))
        except Exception as error:
            status = answer_to(error)
            code, reply = status.code, body_of({"error": status.message})
        else:
            seconds = time.perf_counter() - started
            self._metrics.add_latency(model_name, what, "REST", seconds)
        self._metrics.count_request(model_name, code)
        return RestReply(HTTP_STATUS[code], reply)

    def _reply(self, asked: Asked, body: bytes) -> dict[str, Any]:
        what = asked.what.lower()
        if what == "status":
            request = GetModelStatusRequest(model_spec=asked.spec)
            return _fields(answer_status(self._models, request))
        if what == "metadata":
            return self._metadata(asked.spec)
        with self._models.lease(asked.spec) as version:
            return _REPLIES[what](version, body)

    def _metadata(self, spec: ModelSpec) -> dict[str, Any]:
        request = GetModelMetadataRequest(model_spec=spec, metadata_field=[SIGNATURES])
        response = answer_metadata(self._models, request)
        signatures = SignatureDefMap()
        response.metadata[SIGNATURES].Unpack(signatures)
        return {
            "model_spec": _fields(response.model_spec),
            "metadata": {SIGNATURES: _fields(signatures)},
        }


def _fields(message: Message) -> dict[str, Any]:
    return MessageToDict(
        message,
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=True,
    )
