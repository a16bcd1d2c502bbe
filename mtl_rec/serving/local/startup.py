"""A server that starts: every model must have a version that loads."""

import time
from pathlib import Path

from tensorflow_serving.config.model_server_config_pb2 import (
    ModelConfig,
    ModelServerConfig,
)

from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.serving.local.model_manager import ModelManager
from mtl_rec.serving.local.model_versions import LOAD_ATTEMPTS
from mtl_rec.serving.local.status import StatusError
from mtl_rec.serving.local.version_folders import require_versions, versions_to_serve


def load_models(
    models: ModelManager, config: ModelServerConfig, seconds_between: float
) -> None:
    """Loads the models of a config, and waits for those that fail at first.

    Args:
        models: What shall serve them.
        config: The list of models.
        seconds_between: Two attempts to load a version.

    Raises:
        ArtifactError: A model has no folder, no version, or none that loads.
        ConfigError: The list is wrong.
    """
    for model in config.model_config_list.config:
        _check_folder(model)
    try:
        models.apply(config)
    except StatusError as error:
        raise ConfigError(error.message) from error
    for _ in range(LOAD_ATTEMPTS - 1):
        if models.failures():
            time.sleep(seconds_between)
            models.poll()
    for name, reason in models.failures().items():
        raise ArtifactError(f"Model '{name}' can't be served: {reason}")


def _check_folder(model: ModelConfig) -> None:
    found = require_versions(model.name, Path(model.base_path))
    if not versions_to_serve(model.model_version_policy, found):
        raise ArtifactError(
            f"Model '{model.name}' must have a version that its policy asks for. "
            f"Asked for: {list(model.model_version_policy.specific.versions)}. "
            f"Received: {sorted(found)}."
        )
