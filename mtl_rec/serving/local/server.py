"""The local server: its models, its two APIs, and what keeps them up to date."""

import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.serving.local.grpc_server import GrpcServer
from mtl_rec.serving.local.loaded_version import LoadedVersion
from mtl_rec.serving.local.metrics import Metrics
from mtl_rec.serving.local.model_manager import ModelManager
from mtl_rec.serving.local.models_config import config_of, read_models_config
from mtl_rec.serving.local.polling import Polling
from mtl_rec.serving.local.rest_server import RestServer
from mtl_rec.serving.local.startup import load_models
from mtl_rec.serving.local.status import StatusError
from mtl_rec.serving.local.xla import disable_xla

_logger = logging.getLogger(__name__)


class LocalServer:
    """Serves SavedModels over TensorFlow Serving's gRPC and REST, for development.

    It follows TensorFlow Serving's rules and runs the SavedModels themselves, in
    Python; production runs TensorFlow Serving. As a context it starts and stops.

    Args:
        models: Folders of versions by the name of the model.
        models_config: A `models.config`, read again while serving. Folders in `models`
            replace those in the file.
        grpc_port: Port of gRPC, or 0 for any that is free.
        rest_port: Port of REST, or 0 for any that is free.
        host: Address to listen on.
        poll_seconds: Between two looks at the folders.
        config_poll_seconds: Between two looks at `models_config`.
        without_xla: Whether to switch XLA off as TensorFlow Serving does. That is for
            the whole process and for good.
    """

    def __init__(
        self,
        models: Mapping[str, str | Path] | None = None,
        *,
        models_config: str | Path | None = None,
        grpc_port: int = 8500,
        rest_port: int = 8501,
        host: str = "127.0.0.1",
        poll_seconds: float = 1.0,
        config_poll_seconds: float = 1.0,
        without_xla: bool = False,
    ) -> None:
        self.grpc_port, self.rest_port, self.host = grpc_port, rest_port, host
        self._directories = {n: Path(path) for n, path in (models or {}).items()}
        self._config_path = Path(models_config) if models_config else None
        self._poll_seconds = poll_seconds
        self._config_poll_seconds = config_poll_seconds
        self._without_xla = without_xla
        self._models = ModelManager()
        self._running: list[GrpcServer | RestServer | Polling] = []
        self._stopped = threading.Event()
        self._config = ModelServerConfig()

    def __enter__(self) -> "LocalServer":
        self.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Loads the models and then listens.

        Raises:
            ArtifactError: A model has no folder, no version, or none that loads.
            ConfigError: `models_config` is wrong, or a port is taken.
        """
        self._config = self._read_config()
        if self._without_xla:
            disable_xla()
        try:
            load_models(self._models, self._config, self._poll_seconds)
            self._listen(Metrics())
        except BaseException:
            self.stop()
            raise
        self._running.append(Polling(self.poll, self._poll_seconds, "versions"))
        if self._config_path is not None:
            self._running.append(
                Polling(self.poll_config, self._config_poll_seconds, "models-config")
            )

    def stop(self) -> None:
        """Answers the requests under way, and frees everything."""
        while self._running:
            self._running.pop().stop()
        self._models.close()
        self._stopped.set()

    def wait(self) -> None:
        """Returns when the server is stopped, by another thread or a signal."""
        self._stopped.wait()

    def newest_versions(self) -> list[LoadedVersion]:
        """Of each model, the version that requests go to."""
        return self._models.newest_versions()

    def poll(self) -> None:
        """Looks at the folders now; loads and unloads what they ask for."""
        self._models.poll()

    def poll_config(self) -> None:
        """Reads `models_config` now; loads and unloads what it asks for.

        What is wrong with it is logged, and what was served is served on.
        """
        try:
            config = self._read_config()
            if config != self._config:
                self._models.apply(config)
                self._config = config
        except (ArtifactError, ConfigError, OSError) as error:
            _logger.error("%s", error)
        except StatusError as error:
            _logger.error("'%s': %s", self._config_path, error.message)

    def _listen(self, metrics: Metrics) -> None:
        grpc = GrpcServer(self._models, metrics, self.host, self.grpc_port)
        self._running.append(grpc)
        self.grpc_port = grpc.port
        rest = RestServer(self._models, metrics, self.host, self.rest_port)
        self._running.append(rest)
        self.rest_port = rest.port

    def _read_config(self) -> ModelServerConfig:
        if self._config_path is None:
            return config_of(self._directories)
        return read_models_config(self._config_path, self._directories)
