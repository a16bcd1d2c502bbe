"""Runs what a document shows, as it stands, on the ports that it names."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

TIMEOUT_SECONDS = 900

# A network of its own has no loopback until someone turns it on.
_WITH_LOOPBACK = """
import fcntl, os, socket, struct, sys
with socket.socket() as any_socket:
    SIOCSIFFLAGS, IFF_UP = 0x8914, 1
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
os.execvp(sys.argv[1], sys.argv[1:])
"""
_IN_OWN_NETWORK = [
    *("unshare", "--map-root-user", "--net"),
    *(sys.executable, "-c", _WITH_LOOPBACK),
]


def blocks(text: str, language: str) -> list[str]:
    """The code blocks whose first line is exactly this."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run_documented(script: str, folder: Path) -> subprocess.CompletedProcess:
    """Runs a bash script, which may start servers on the ports 8500 and 8501.

    Where the machine allows it, in a network of its own: tests that run at the same
    time have these ports as well. Otherwise they must be free.
    """
    network = _IN_OWN_NETWORK
    if not _works([*network, "true"]):
        network = []
        _require_free(8500, 8501)
    process = subprocess.Popen(
        [*network, "bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=os.environ
        | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "KERAS_BACKEND": "tensorflow",
            "TMPDIR": str(folder),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=TIMEOUT_SECONDS)
    finally:
        # With what it left running, if anything.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return subprocess.CompletedProcess(script, process.returncode, output, errors)


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _require_free(*ports: int) -> None:
    for port in ports:
        with socket.socket() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                server.bind(("127.0.0.1", port))
            except OSError as error:
                raise OSError(
                    f"Port {port} must be free: the documents use it, and this machine "
                    "gives tests no network of their own. Stop what listens there."
                ) from error
