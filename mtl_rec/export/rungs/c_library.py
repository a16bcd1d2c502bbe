"""Rung script: the library that a stock server is made of runs every signature.

Neither TensorFlow's Python nor protobuf is imported, so no operation that needs
Python can hide, and XLA is switched off as the server's `main()` does.

Usage: python -E -P c_library.py VERSION_DIRECTORY REQUESTS.npz ANSWERS.npz
       TENSORFLOW_DIRECTORY

Standard input is JSON: `signatures` has `inputs` and `outputs` of those to run, and in
each, by name, the graph's tensor and TensorFlow's number of its type; `config` is a
serialized `ConfigProto` in hexadecimal digits; `text_libraries` are paths of operations
that a server is linked with beside TensorFlow's own.
"""

import json
import sys
from functools import partial
from pathlib import Path

ABSENT_ON_A_SERVER = ("google.protobuf", "keras", "mtl_rec", "tensorflow")


def main(
    version_directory: str,
    requests_path: str,
    answers_path: str,
    tensorflow_directory: str,
) -> None:
    """Loads the version through the C API and writes its answers."""
    sys.modules.update(dict.fromkeys(ABSENT_ON_A_SERVER))  # type: ignore[arg-type]
    from .c_bindings import load_library, load_operations
    from .c_session import Session
    from .rung_protocol import answer, read_arrays, write_arrays

    asked = json.load(sys.stdin)
    config = bytes.fromhex(asked["config"])
    requests = read_arrays(requests_path)
    library, answers = load_library(tensorflow_directory), {}
    load_operations(library, asked["text_libraries"])
    with Session(library, version_directory, config) as session:
        for name, signature in asked["signatures"].items():
            inputs = session.find(f"input of '{name}'", signature["inputs"])
            outputs = session.find(f"output of '{name}'", signature["outputs"])
            run = partial(session.run, inputs, outputs)
            answers |= answer(requests, name, inputs, run)
    write_arrays(answers_path, answers)


if __name__ == "__main__":
    # Isolated mode leaves the script's own folder out of the search path (PEP 366).
    sys.path.append(str(Path(__file__).parents[1]))
    __package__ = "rungs"
    from .rung_protocol import run_script

    run_script(main)
