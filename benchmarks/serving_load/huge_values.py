"""Values of megabytes: what one costs the library that a server is made of.

Usage: python huge_values.py VERSION REQUESTS.npz TENSORFLOW_DIRECTORY

Requests are `usual`, asked first, and others by name. Standard input is JSON: the names
of tensors of `serving_default`. Prints JSON: by request, seconds and MiB.
"""

import ctypes
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from mtl_rec.config.features import Feature, IdSequence, MultiCategorical, Numeric, Text
from mtl_rec.export.rungs.c_bindings import load_library
from mtl_rec.export.rungs.c_session import Session
from mtl_rec.export.rungs.rung_protocol import (
    Arrays,
    array_name,
    read_arrays,
    requests_of,
    write_arrays,
)
from mtl_rec.export.signature_types import tensor_names
from mtl_rec.export.structure import read_meta_graph

sys.path.append(str(Path(__file__).parents[1]))

from serving_load.memory import forget_peak, peak_mib, resident_mib

HUGE_BYTES, HUGE_TOKENS = 10_000_000, 100_000
ROWS, USUAL = "serving_default", "usual"
USUAL_TIMES = 20


class HugeReport(NamedTuple):
    """What one request cost beyond the usual ones before it."""

    seconds: float
    growth_mib: float


def huge_requests(raw: Arrays, features: tuple[Feature, ...]) -> dict[str, Arrays]:
    """One row with a huge value in all features of one kind, by the kind.

    Args:
        raw: Inputs of `serving_default`.
        features: Whose they are.
    """
    row = {name: values[:1].copy() for name, values in raw.items()}
    value = b"x" * HUGE_BYTES
    word = "红 word 😀 ".encode()
    texts = {
        "a text of 10 MB without a space": value,
        "a text of 10 MB in words": word * (HUGE_BYTES // len(word)),
        "a text of 100,000 tokens": b"token " * HUGE_TOKENS,
        "a text of bytes that are no UTF-8": b"\xff" * HUGE_BYTES,
    }
    own = {kind: _with_value(row, features, Text, text) for kind, text in texts.items()}
    lists = (IdSequence, MultiCategorical)
    single = tuple({type(f) for f in features} - {Text, Numeric, *lists})
    own["a value of 10 MB"] = _with_value(row, features, single, value)
    own["an element of 10 MB"] = _with_value(row, features, lists, value)
    return own


def _with_value(
    row: Arrays, features: tuple[Feature, ...], kinds: type | tuple, value: bytes
) -> Arrays:
    """The row with the value in the first feature of a kind."""
    name = next(f.name for f in features if isinstance(f, kinds))
    changed = row[name].copy()
    changed.flat[0] = value
    return {**row, name: changed}


def cost_of(version: Path, usual: Arrays, huge: Mapping[str, Arrays]) -> dict:
    """Asks in a process of its own; a `HugeReport` by name of the request.

    Args:
        version: A SavedModel.
        usual: A request that is asked before.
        huge: Requests by name.
    """
    package = importlib.util.find_spec("tensorflow")
    assert package is not None
    libraries = next(iter(package.submodule_search_locations or []))
    with TemporaryDirectory() as folder:
        path = Path(folder, "requests.npz")
        named = {USUAL: usual, **huge}
        write_arrays(
            path,
            {
                array_name(ROWS, request, name): values
                for request, arrays in named.items()
                for name, values in arrays.items()
            },
        )
        done = subprocess.run(
            [sys.executable, __file__, str(version), str(path), libraries],
            input=json.dumps(tensor_names(read_meta_graph(version))[ROWS]),
            capture_output=True,
            text=True,
            check=True,
        )
    reports = json.loads(done.stdout)
    return {name: HugeReport(*report) for name, report in reports.items()}


def main(version: str, requests_path: str, libraries: str) -> None:
    names = json.load(sys.stdin)
    requests = requests_of(read_arrays(requests_path), ROWS)
    reports = {}
    with Session(load_library(libraries), version) as session:
        inputs = session.find("input", names["inputs"])
        outputs = session.find("output", names["outputs"])
        usual = requests.pop(USUAL)
        for _ in range(USUAL_TIMES):
            session.run(inputs, outputs, usual)
        for name, request in requests.items():
            # What was freed before must not hide what this one needs.
            ctypes.CDLL(None).malloc_trim(0)
            before = resident_mib(os.getpid())
            forget_peak(os.getpid())
            started = time.perf_counter()
            answers = session.run(inputs, outputs, request)
            seconds = time.perf_counter() - started
            reports[name] = HugeReport(seconds, peak_mib(os.getpid()) - before)
            if not all(np.isfinite(values).all() for values in answers.values()):
                raise ValueError(f"The answer to {name} is not finite.")
    print(json.dumps(reports))


if __name__ == "__main__":
    main(*sys.argv[1:])
