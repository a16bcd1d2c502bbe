"""The gRPC service that answers requests to models."""

import time
from collections.abc import Callable
from typing import TypeVar

import grpc
from tensorflow_serving.apis.classification_pb2 import (
    ClassificationRequest,
    ClassificationResponse,
)
from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
)
from tensorflow_serving.apis.inference_pb2 import (
    MultiInferenceRequest,
    MultiInferenceResponse,
)
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.predict_pb2 import PredictRequest, PredictResponse
from tensorflow_serving.apis.prediction_service_pb2_grpc import (
    PredictionServiceServicer,
)
from tensorflow_serving.apis.regression_pb2 import RegressionRequest, RegressionResponse

from mtl_rec.serving.local.classifying import answer_classify
from mtl_rec.serving.local.loaded_version import LoadedVersion
from mtl_rec.serving.local.metadata import answer_metadata
from mtl_rec.serving.local.metrics import Metrics
from mtl_rec.serving.local.model_manager import ModelManager
from mtl_rec.serving.local.multi_inference import (
    answer_multi_inference,
    multi_inference_spec,
)
from mtl_rec.serving.local.predicting import answer_predict
from mtl_rec.serving.local.regressing import answer_regress
from mtl_rec.serving.local.status import status_of

Request = TypeVar("Request")
Response = TypeVar("Response")


class PredictionService(PredictionServiceServicer):
    """`tensorflow.serving.PredictionService` for the models of a manager.

    Args:
        models: What answers.
        metrics: What counts.
    """

    def __init__(self, models: ModelManager, metrics: Metrics) -> None:
        self._models = models
        self._metrics = metrics

    def Predict(
        self, request: PredictRequest, context: grpc.ServicerContext
    ) -> PredictResponse:
        """Named tensors to named tensors."""
        return self._answer("Predict", request.model_spec, request, answer_predict)

    def Classify(
        self, request: ClassificationRequest, context: grpc.ServicerContext
    ) -> ClassificationResponse:
        """Examples to classes."""
        return self._answer("Classify", request.model_spec, request, answer_classify)

    def Regress(
        self, request: RegressionRequest, context: grpc.ServicerContext
    ) -> RegressionResponse:
        """Examples to numbers."""
        return self._answer("Regress", request.model_spec, request, answer_regress)

    def MultiInference(
        self, request: MultiInferenceRequest, context: grpc.ServicerContext
    ) -> MultiInferenceResponse:
        """Examples to classes and numbers, of one version."""
        spec = multi_inference_spec(request)
        return self._answer("MultiInference", spec, request, answer_multi_inference)

    def GetModelMetadata(
        self, request: GetModelMetadataRequest, context: grpc.ServicerContext
    ) -> GetModelMetadataResponse:
        """Signatures of a version."""
        return answer_metadata(self._models, request)

    def _answer(
        self,
        api: str,
        spec: ModelSpec,
        request: Request,
        answer: Callable[[LoadedVersion, Request], Response],
    ) -> Response:
        started = time.perf_counter()
        try:
            with self._models.lease(spec) as version:
                response = answer(version, request)
        except Exception as error:
            self._metrics.count_request(spec.name, status_of(error).code)
            raise
        seconds = time.perf_counter() - started
        self._metrics.count_request(spec.name, grpc.StatusCode.OK)
        self._metrics.add_latency(spec.name, api, "GRPC", seconds)
        return response
