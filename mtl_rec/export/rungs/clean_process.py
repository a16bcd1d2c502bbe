"""The parent's side of a rung script: starts it with nothing of ours in its reach."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from mtl_rec.errors import VerificationError
from mtl_rec.export.rungs.rung_protocol import (
    Arrays,
    one_line,
    read_arrays,
    write_arrays,
)

TIMEOUT_SECONDS = 300
_SETTINGS_OF_OURS = ("JAX_", "KERAS_", "PYTHON", "TF_", "XLA_")


def answers_of(
    script: str,
    version_directory: Path,
    requests: Arrays,
    *arguments: str,
    rung: str,
    standard_input: str = "",
    environment: Mapping[str, str] | None = None,
) -> dict[str, np.ndarray]:
    """Runs a rung's script on a version.

    Args:
        script: Its name without `.py`.
        version_directory: The SavedModel.
        requests: To all signatures, as `array_name` names them.
        *arguments: What the script takes beyond the version, requests and answers.
        rung: Its name in errors.
        standard_input: What the script reads.
        environment: Variables for the script alone.

    Returns:
        What `rung_protocol.answer` returned there, for all signatures.

    Raises:
        VerificationError: The script failed, crashed or hung.
    """
    path = Path(__file__).with_name(f"{script}.py")
    with TemporaryDirectory() as folder:
        asked, answered = Path(folder, "requests.npz"), Path(folder, "answers.npz")
        write_arrays(asked, requests)
        paths = [path, version_directory.resolve(), asked, answered]
        command = [sys.executable, "-E", "-P", *map(str, paths), *arguments]
        _run(rung, command, standard_input, folder, environment or {})
        return read_arrays(answered)


def _run(
    rung: str,
    command: list[str],
    standard_input: str,
    folder: str,
    environment: Mapping[str, str],
) -> None:
    try:
        process = subprocess.run(
            command,
            input=standard_input,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT_SECONDS,
            cwd=folder,
            env={**_environment(), **environment},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        reason = f"It did not finish within {TIMEOUT_SECONDS} s."
        raise VerificationError(rung, reason) from error
    if process.returncode:
        raise VerificationError(rung, _reason(process))


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_SETTINGS_OF_OURS)
    }
    return {**kept, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "2"}


def _reason(process: subprocess.CompletedProcess[str]) -> str:
    if process.returncode < 0:
        return f"The process ended by {signal.Signals(-process.returncode).name}."
    lines = [line for line in map(one_line, process.stderr.splitlines()) if line]
    return lines[-1] if lines else f"The process ended with {process.returncode}."
