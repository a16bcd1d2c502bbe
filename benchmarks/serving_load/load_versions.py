"""Loads versions in the C library as they come, and asks each the same.

Usage: python load_versions.py REQUEST.npz TENSORFLOW_DIRECTORY

The first line of standard input is JSON, the names of tensors of `serving_default`;
each line after that is the folder of a version. Each is answered by a line: what is
wrong with the version, or nothing.
"""

import json
import sys

from mtl_rec.export.rungs.c_bindings import load_library
from mtl_rec.export.rungs.c_session import Session
from mtl_rec.export.rungs.rung_protocol import one_line, read_arrays


def main(request_path: str, libraries: str) -> None:
    names, request = json.loads(sys.stdin.readline()), read_arrays(request_path)
    library, first = load_library(libraries), None
    for line in sys.stdin:
        try:
            with Session(library, line.rstrip("\n")) as session:
                inputs = session.find("input", names["inputs"])
                outputs = session.find("output", names["outputs"])
                answers = session.run(inputs, outputs, request)
        except Exception as error:
            print(one_line(str(error)) or repr(error), flush=True)
            continue
        contents = {name: values.tobytes() for name, values in answers.items()}
        first = first or contents
        print("" if contents == first else "It answers otherwise.", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
