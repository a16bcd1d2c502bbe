"""The gRPC service that tells the state of models and takes another config."""

import grpc
from tensorflow_serving.apis.get_model_status_pb2 import (
    GetModelStatusRequest,
    GetModelStatusResponse,
)
from tensorflow_serving.apis.model_management_pb2 import (
    ReloadConfigRequest,
    ReloadConfigResponse,
)
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceServicer

from mtl_rec.serving.local.metadata import answer_status
from mtl_rec.serving.local.model_manager import ModelManager
from mtl_rec.serving.local.status import StatusError


class ModelService(ModelServiceServicer):
    """`tensorflow.serving.ModelService` for the models of a manager.

    Args:
        models: What is served.
    """

    def __init__(self, models: ModelManager) -> None:
        self._models = models

    def GetModelStatus(
        self, request: GetModelStatusRequest, context: grpc.ServicerContext
    ) -> GetModelStatusResponse:
        """States of the versions of a model."""
        return answer_status(self._models, request)

    def HandleReloadConfigRequest(
        self, request: ReloadConfigRequest, context: grpc.ServicerContext
    ) -> ReloadConfigResponse:
        """Serves other models, versions or labels; answers when they are loaded."""
        self._models.apply(request.config)
        for name, reason in self._models.failures().items():
            message = f"Model {name} can't be served: {reason}"
            raise StatusError(grpc.StatusCode.UNKNOWN, message)
        response = ReloadConfigResponse()
        response.status.error_code = 0
        return response
