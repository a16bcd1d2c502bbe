"""`models.config`: which models are served, from where, under which labels."""

from collections.abc import Mapping
from pathlib import Path

from google.protobuf import text_format
from google.protobuf.message import DecodeError
from tensorflow_serving.config.model_server_config_pb2 import (
    ModelConfig,
    ModelServerConfig,
)

from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.serving.local.status import StatusError, invalid_argument

PLATFORM = "tensorflow"


def config_of(directories: Mapping[str, Path]) -> ModelServerConfig:
    """Serves the newest version of each model.

    Args:
        directories: Folders of versions, by the name of the model.
    """
    config = ModelServerConfig()
    for name, directory in directories.items():
        config.model_config_list.config.add(
            name=name, base_path=str(directory.resolve()), model_platform=PLATFORM
        )
    return config


def read_models_config(
    path: Path, directories: Mapping[str, Path]
) -> ModelServerConfig:
    """The models of a file in TensorFlow Serving's own format.

    Args:
        path: The file.
        directories: Folders to read instead of those in the file, by the name of the
            model, for files that name the folders of a container.

    Raises:
        ArtifactError: There is no such file.
        ConfigError: It is no such list, or lacks a model of `directories`.
    """
    if not path.is_file():
        raise ArtifactError(f"`--models-config` must name a file. Received: '{path}'.")
    config = ModelServerConfig()
    try:
        text_format.Parse(path.read_text(encoding="utf-8"), config)
        check_models_config(config)
    except (DecodeError, text_format.ParseError, UnicodeDecodeError) as error:
        raise ConfigError(f"'{path}' is not a models.config: {error}.") from error
    except StatusError as error:
        raise ConfigError(f"'{path}': {error.message}") from error
    models = {model.name: model for model in config.model_config_list.config}
    for name, directory in directories.items():
        if name not in models:
            raise ConfigError(
                f"'{path}' must list model '{name}', which has a folder. "
                f"Listed: {', '.join(models)}."
            )
        models[name].base_path = str(directory.resolve())
    return config


def check_models_config(config: ModelServerConfig) -> None:
    """Refuses what TensorFlow Serving refuses.

    Args:
        config: A list of models.

    Raises:
        StatusError: It is something else, or a model is listed wrongly.
    """
    if config.WhichOneof("config") != "model_config_list":
        raise invalid_argument("It must have a `model_config_list`.")
    names = [model.name for model in config.model_config_list.config]
    for model in config.model_config_list.config:
        if names.count(model.name) > 1:
            raise invalid_argument(f"Illegal to list model {model.name} twice.")
        _check_model(model)


def _check_model(model: ModelConfig) -> None:
    if not model.name:
        raise invalid_argument("A model must have a `name`.")
    if model.model_platform != PLATFORM:
        raise invalid_argument(
            f"Model {model.name} must have `model_platform: '{PLATFORM}'`. "
            f"Received: '{model.model_platform}'."
        )
    if not Path(model.base_path).is_absolute():
        raise invalid_argument(
            f"Model {model.name} must have an absolute `base_path`. "
            f"Received: '{model.base_path}'."
        )
