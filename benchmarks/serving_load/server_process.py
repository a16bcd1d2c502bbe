"""The local server in a process of its own, whose memory can be looked at."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from serving_load.wire import Address


class ServerProcess(NamedTuple):
    """A server that runs."""

    address: Address
    process: subprocess.Popen

    @property
    def process_id(self) -> int:
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None


@contextmanager
def serving(
    models: Mapping[str, Path], poll_seconds: float = 1.0
) -> Iterator[ServerProcess]:
    """Serves until the context ends.

    Args:
        models: Folders of versions by the name of the model.
        poll_seconds: Between two looks at the folders.
    """
    named = [f"{name}={folder}" for name, folder in models.items()]
    script = Path(__file__).with_name("serve.py")
    command = [sys.executable, str(script), str(poll_seconds), *named]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            address = Address(**json.loads(process.stdout.readline()))
            yield ServerProcess(address, process)
        finally:
            process.terminate()
