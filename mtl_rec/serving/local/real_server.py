"""TensorFlow Serving itself, where it is installed: how to start it instead."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from mtl_rec.serving.local.metrics_path import METRICS_PATH

PROGRAM = "tensorflow_model_server"

_MONITORING = f'prometheus_config {{ enable: true path: "{METRICS_PATH}" }}\n'


def find_real_server() -> str | None:
    """Its program on the PATH, if there is one."""
    return shutil.which(PROGRAM)


def real_server_command(
    program: str,
    models: Mapping[str, Path],
    models_config: Path | None,
    *,
    grpc_port: int,
    rest_port: int,
    poll_seconds: float,
    config_poll_seconds: float,
    folder: Path,
) -> list[str]:
    """The command that serves what a `LocalServer` with these arguments would.

    Args:
        program: TensorFlow Serving.
        models: Folders of versions by the name of the model, one at most.
        models_config: Read instead of `models`.
        grpc_port: Port of gRPC.
        rest_port: Port of REST.
        poll_seconds: Between two looks at the folders; it takes whole seconds.
        config_poll_seconds: Between two looks at `models_config`, as well.
        folder: Where files for it may be written.
    """
    monitoring = folder / "monitoring.config"
    monitoring.write_text(_MONITORING, encoding="utf-8")
    flags = {
        "port": grpc_port,
        "rest_api_port": rest_port,
        "file_system_poll_wait_seconds": _whole_seconds(poll_seconds),
        "monitoring_config_file": monitoring,
        "num_load_threads": 2,
        "num_unload_threads": 2,
    }
    if models_config is None:
        for name, directory in models.items():
            flags |= {"model_name": name, "model_base_path": directory.resolve()}
    else:
        flags |= {
            "model_config_file": models_config.resolve(),
            "model_config_file_poll_wait_seconds": _whole_seconds(config_poll_seconds),
            "allow_version_labels_for_unavailable_models": "true",
        }
    return [program, *(f"--{name}={value}" for name, value in flags.items())]


def _whole_seconds(seconds: float) -> int:
    return max(1, round(seconds))


def config_with_folders(
    models_config: Path, models: Mapping[str, Path], folder: Path
) -> Path:
    """A `models.config` that has the folders of this machine.

    Args:
        models_config: The file, which may name the folders of a container.
        models: Folders to put in their place, by the name of the model; if there are
            none the file is what is needed.
        folder: Where the other one is written.
    """
    if not models:
        return models_config
    # Their packages load TensorFlow, which takes seconds.
    from google.protobuf import text_format

    from mtl_rec.serving.local.models_config import read_models_config

    config = read_models_config(models_config, models)
    written = folder / "models.config"
    written.write_text(text_format.MessageToString(config), encoding="utf-8")
    return written
