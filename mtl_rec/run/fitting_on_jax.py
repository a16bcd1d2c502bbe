"""Training on JAX, in a process of its own while this one waits."""

import os
import pickle
import signal
import subprocess
import sys
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import keras

from mtl_rec.errors import TrainingError
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.passing_signals import signals_passed_on

_EXIT_INTERRUPTED = 130


def fit_on_jax(
    folder: RunFolder,
    encoded: Path,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> None:
    """As `fit_run`, on JAX.

    The process that trains writes to the same terminal. It gets the signals that this
    one gets, and ends when this one does.

    Args:
        folder: Of the run.
        encoded: Folder that has the encoded splits.
        callbacks: More Keras callbacks for `fit`, which are pickled.

    Raises:
        TrainingError: The loss is no longer a number, or the process ended by itself.
        TypeError: A callback can't be pickled.
    """
    packed = _packed(callbacks)
    ours, theirs = Pipe()
    with ours:
        with theirs:
            process = _start(folder, encoded, theirs.fileno())
        with signals_passed_on(process):
            error = _outcome(ours, packed)
            code = process.wait()
    if error is not None:
        raise error
    if code in (_EXIT_INTERRUPTED, -signal.SIGINT):
        raise KeyboardInterrupt
    if code:
        raise TrainingError(_how_it_ended(code))


def _packed(callbacks: tuple[keras.callbacks.Callback, ...]) -> bytes:
    try:
        return pickle.dumps(callbacks)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise TypeError(
            "`callbacks` must be picklable to train on JAX, which happens in another "
            f"process. Received: {[type(c).__name__ for c in callbacks]}. {error}"
        ) from error


def _start(folder: RunFolder, encoded: Path, link: int) -> subprocess.Popen:
    arguments = [str(folder.path), str(encoded), str(link)]
    # What it writes comes after what this process has written.
    sys.stdout.flush()
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "mtl_rec.run.fitting_process", *arguments],
        env=_environment(),
        pass_fds=[link],
        # A Ctrl-C then comes by way of this process, once.
        process_group=0,
    )


def _environment() -> dict[str, str]:
    """Of the process: Keras on JAX, the same modules, GPU memory as it is needed."""
    return {
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        **os.environ,
        "KERAS_BACKEND": "jax",
        "PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path),
    }


def _outcome(link: Any, callbacks: bytes) -> Exception | None:
    """The error that the process says it ended with."""
    try:
        link.send_bytes(callbacks)
        return link.recv()
    except (EOFError, ConnectionError):
        return None


def _how_it_ended(code: int) -> str:
    if code == -signal.SIGKILL:
        return (
            "The process that trains on JAX was killed, as the system does with what "
            "takes too much memory. Lower `training.batch_size`, or the sizes of "
            "vocabularies and embeddings."
        )
    return (
        f"The process that trains on JAX ended with code {code}. What it wrote before "
        "says why."
    )
