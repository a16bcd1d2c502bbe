"""`mtl-rec serve`: a local server that answers as TensorFlow Serving does."""

import logging
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.output import output_console
from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.serving.local.real_server import (
    config_with_folders,
    find_real_server,
    real_server_command,
)
from mtl_rec.serving.local.version_folders import require_versions

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec serve saved_models/quickstart\n\n"
    "mtl-rec serve --models-config models.config --port 9500 --rest-port 9501\n\n"
    "curl http://127.0.0.1:8501/v1/models/quickstart/metadata"
)


def serve(
    model: Annotated[
        Path | None,
        typer.Argument(
            help="Folder of the model's versions. With --models-config it replaces "
            "the model's folder in that file."
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name to serve it under; the folder's if none.")
    ] = None,
    models_config: Annotated[
        Path | None,
        typer.Option(help="models.config of TensorFlow Serving: models and labels."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of gRPC, 0 for a free one.")
    ] = 8500,
    rest_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of REST, 0 for a free one.")
    ] = 8501,
    poll_seconds: Annotated[
        float, typer.Option(min=0.01, help="Seconds between two looks for versions.")
    ] = 1.0,
    model_config_poll_seconds: Annotated[
        float,
        typer.Option(min=0.01, help="Seconds between two looks at --models-config."),
    ] = 1.0,
) -> None:
    """Serve versions to develop and test against. Production runs TensorFlow Serving.

    The server follows TensorFlow Serving's rules for gRPC and REST and runs the
    exported graph alone, in Python: slower, for few users, on this machine only.
    Where `tensorflow_model_server` is on the PATH, that is started instead.
    """
    # Before anything of the process is changed for good.
    if models_config is not None and not models_config.is_file():
        raise ArtifactError(f"There is no file '{models_config}' of models.")
    models = _models(model, name, models_config)
    program = find_real_server()
    console = output_console()
    if program is not None:
        folder = Path(tempfile.mkdtemp(prefix="mtl-rec-serve-"))
        if models_config is not None:
            with frameworks():
                models_config = config_with_folders(models_config, models, folder)
        command = real_server_command(
            program,
            models,
            models_config,
            grpc_port=port,
            rest_port=rest_port,
            poll_seconds=poll_seconds,
            config_poll_seconds=model_config_poll_seconds,
            folder=folder,
        )
        _become(console, command)
    # What is served must run without Keras, as on a real server.
    sys.modules.setdefault("keras", None)  # type: ignore[arg-type]
    with frameworks():
        from mtl_rec.serving.local.announcement import announcement
        from mtl_rec.serving.local.server import LocalServer

    _show_log()
    server = LocalServer(
        models,
        models_config=models_config,
        grpc_port=port,
        rest_port=rest_port,
        poll_seconds=poll_seconds,
        config_poll_seconds=model_config_poll_seconds,
        without_xla=True,
    )
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with server:
            for line in announcement(server):
                _print(console, line)
            _print(console, "\nThis is for development. Ctrl-C stops it.")
            server.wait()
    except KeyboardInterrupt:
        _print(console, "Stopped.")


def _models(
    model: Path | None, name: str | None, models_config: Path | None
) -> dict[str, Path]:
    if model is None:
        if models_config is None:
            raise ConfigError(
                "`serve` must be given the folder of a model or `--models-config`."
            )
        return {}
    model_name = name or model.resolve().name
    require_versions(model_name, model)
    return {model_name: model}


def _become(console: Console, command: list[str]) -> NoReturn:
    _print(console, f"TensorFlow Serving is installed:\n{' '.join(command)}")
    console.file.flush()
    os.execv(command[0], command)


def _show_log() -> None:
    """Which versions come and go, and bugs of the server, on standard error."""
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("mtl_rec.serving").setLevel(logging.INFO)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _print(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)
