"""The gRPC server, listening."""

from concurrent.futures import ThreadPoolExecutor

import grpc
from tensorflow_serving.apis.model_service_pb2_grpc import (
    add_ModelServiceServicer_to_server,
)
from tensorflow_serving.apis.prediction_service_pb2_grpc import (
    add_PredictionServiceServicer_to_server,
)

from mtl_rec.serving.local.grpc_status import StatusInterceptor
from mtl_rec.serving.local.metrics import Metrics
from mtl_rec.serving.local.model_manager import ModelManager
from mtl_rec.serving.local.model_service import ModelService
from mtl_rec.serving.local.ports import listening_socket
from mtl_rec.serving.local.prediction_service import PredictionService

THREADS = 32
STOP_SECONDS = 5

_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    # Else a second server shares the port of the first and takes half of its calls.
    ("grpc.so_reuseport", 0),
)


class GrpcServer:
    """Both services of TensorFlow Serving on a port.

    Args:
        models: What answers.
        metrics: What counts.
        host: Address to listen on.
        port: Port, or 0 for any that is free.
    """

    def __init__(
        self, models: ModelManager, metrics: Metrics, host: str, port: int
    ) -> None:
        self._server = grpc.server(
            ThreadPoolExecutor(THREADS, thread_name_prefix="grpc"),
            interceptors=[StatusInterceptor()],
            options=_OPTIONS,
        )
        service = PredictionService(models, metrics)
        add_PredictionServiceServicer_to_server(service, self._server)
        add_ModelServiceServicer_to_server(ModelService(models), self._server)
        # gRPC does not say what it lacks of a port; it is asked for once before.
        listening_socket("--port", host, port).close()
        self.port = self._server.add_insecure_port(f"{host}:{port}")
        self._server.start()

    def stop(self) -> None:
        """Takes no more calls, and ends when those under way are answered."""
        self._server.stop(STOP_SECONDS).wait()
