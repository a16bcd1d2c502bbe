"""Every version that appears is loaded once, in a process of its own."""

import importlib.util
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from mtl_rec.export.rungs.rung_protocol import Arrays, write_arrays
from mtl_rec.export.signature_types import tensor_names
from mtl_rec.export.structure import read_meta_graph
from serving_load.watching import Watcher

ROWS = "serving_default"


class Loader:
    """Loads what a watcher sees, in the order it was seen, until the context ends.

    Args:
        watcher: Tells which versions there are.
        version: Any of them, for the names of its tensors.
        request: To `serving_default`; all versions answer it alike.

    Attributes:
        problems: By number, what was wrong; nothing if the version is good.
    """

    def __init__(self, watcher: Watcher, version: Path, request: Arrays) -> None:
        self.problems: dict[int, str] = {}
        self._watcher = watcher
        self._names = tensor_names(read_meta_graph(version))[ROWS]
        self._request = request
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._load_all)

    def __enter__(self) -> "Loader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def _load_all(self) -> None:
        package = importlib.util.find_spec("tensorflow")
        assert package is not None
        libraries = next(iter(package.submodule_search_locations or []))
        script = str(Path(__file__).with_name("load_versions.py"))
        with TemporaryDirectory() as folder:
            path = Path(folder, "request.npz")
            write_arrays(path, self._request)
            with subprocess.Popen(
                [sys.executable, script, str(path), libraries],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                bufsize=1,
            ) as process:
                assert process.stdin is not None
                process.stdin.write(json.dumps(self._names) + "\n")
                self._load_with(process)
                process.stdin.close()

    def _load_with(self, process: subprocess.Popen) -> None:
        while True:
            is_last = self._ends.is_set()
            for number in sorted(self._watcher.seen.keys() - self.problems.keys()):
                process.stdin.write(f"{self._watcher.directory / str(number)}\n")
                self.problems[number] = process.stdout.readline().rstrip("\n")
            if is_last:
                return
            time.sleep(0.01)
