"""`mtl-rec serve`, in a process of its own."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
import tensorflow as tf
from serving_load.wire import Address, Grpc, predict_request

from mtl_rec.errors import ConfigError
from mtl_rec.serving.local.real_server import config_with_folders, real_server_command

COLUMNS = {"item": ["kettle"], "price": [1.0], "history": [["", "", ""]]}
WAIT_SECONDS = 120
ROOT = Path(__file__).parents[3]

# Says at its end what became of Keras.
COMMAND = """
import sys, typer
from mtl_rec.cli import serve
app = typer.Typer()
app.command()(serve.serve)
try:
    app()
finally:
    print("keras:", sys.modules.get("keras", "not imported"))
"""


class Compiled(tf.Module):
    """Doubles numbers by XLA, which a stock server has switched off."""

    @tf.function(
        input_signature=[tf.TensorSpec([None], tf.float32, "x")], jit_compile=True
    )
    def double(self, x):
        return {"y": 2 * x}


@pytest.fixture
def run_command():
    processes = []

    def run(*arguments, **environment):
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *map(str, arguments)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | environment,
        )
        processes.append(process)
        return process

    yield run
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def models_config(tmp_path, tiny_version):
    """The tiny model, and one that needs XLA."""
    model = Compiled()
    signatures = model.double.get_concrete_function()
    tf.saved_model.save(model, str(tmp_path / "compiled" / "1"), signatures)
    folders = {"tiny": tiny_version.parent, "compiled": tmp_path / "compiled"}
    models = "".join(
        f"config {{ name: '{name}' base_path: '{folder}' "
        "model_platform: 'tensorflow' }"
        for name, folder in folders.items()
    )
    path = tmp_path / "models.config"
    path.write_text(f"model_config_list {{ {models} }}")
    return path


def lines_until_ready(process):
    lines = []
    while not (lines and lines[-1].startswith("This is for development")):
        lines.append(process.stdout.readline())
        assert process.poll() is None, lines
    return lines


def test_it_serves_as_a_stock_server_does_until_interrupted(run_command, models_config):
    ports = ("--port", "0", "--rest-port", "0")
    process = run_command("--models-config", models_config, *ports)
    lines = lines_until_ready(process)
    address = next(line.split()[1] for line in lines if line.startswith("gRPC"))
    curls = [shlex.split(line) for line in lines if line.startswith("curl")]
    tiny_curl = next(c for c in curls if c[-1].endswith("/tiny:predict"))

    with Grpc(Address(address, "")) as client:
        response = client.predict(predict_request("tiny", COLUMNS))
        with pytest.raises(grpc.RpcError) as caught:
            client.predict(predict_request("compiled", {"x": [1.0]}))
    answer = subprocess.run(tiny_curl, capture_output=True, text=True, check=True)
    process.send_signal(signal.SIGINT)
    last_lines, _ = process.communicate(timeout=WAIT_SECONDS)

    assert response.model_spec.version.value == 1
    assert "predictions" in answer.stdout
    assert "XLA compilation disabled" in caught.value.details()
    assert last_lines == "Stopped.\nkeras: None\n"
    assert process.returncode == 0


def test_a_real_server_on_the_path_is_started_instead(
    run_command, tiny_version, tmp_path
):
    program = tmp_path / "tensorflow_model_server"
    program.write_text('#!/bin/sh\nfor each in "$@"; do echo "$each"; done\n')
    program.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"

    process = run_command(tiny_version.parent, "--name", "shop", PATH=path)
    output, _ = process.communicate(timeout=WAIT_SECONDS)

    flags = output.splitlines()[2:]
    assert f"--model_base_path={tiny_version.parent}" in flags
    assert {"--port=8500", "--rest_api_port=8501", "--model_name=shop"} <= set(flags)
    assert process.returncode == 0


def test_a_real_server_follows_the_config(models_config, tmp_path):
    command = real_server_command(
        *("server", {}, models_config),
        grpc_port=1,
        rest_port=2,
        poll_seconds=0.1,
        config_poll_seconds=3,
        folder=tmp_path,
    )

    assert f"--model_config_file={models_config}" in command
    assert "--model_config_file_poll_wait_seconds=3" in command
    assert "--file_system_poll_wait_seconds=1" in command


def test_a_real_server_gets_the_folders_of_this_machine(models_config, tmp_path):
    folder = tmp_path / "here"

    written = config_with_folders(models_config, {"tiny": folder}, tmp_path)

    assert str(folder) in written.read_text()
    assert config_with_folders(models_config, {}, tmp_path) == models_config


def test_a_model_or_a_config_must_be_given():
    from mtl_rec.cli.serve import serve

    with pytest.raises(ConfigError, match="folder of a model or `--models-config`"):
        serve()
