"""Asks TensorFlow's C library, which a stock server is made of, in a clean process."""

import importlib.util
import json
from pathlib import Path

import numpy as np

from mtl_rec.errors import VerificationError
from mtl_rec.export.rungs.clean_process import answers_of
from mtl_rec.export.rungs.rung_protocol import Arrays
from mtl_rec.export.signature_types import tensor_names
from mtl_rec.export.structure import read_meta_graph

C_LIBRARY = "c_library"


def ask_c_library(
    rung: str,
    version_directory: Path,
    requests: Arrays,
    libraries: Path | None = None,
) -> dict[str, np.ndarray]:
    """Runs every signature on its requests.

    Args:
        rung: Who asks, for errors.
        version_directory: The SavedModel.
        requests: As `rung_protocol.array_name` names them.
        libraries: Folder with the two libraries, that of the installed TensorFlow if
            None.

    Raises:
        VerificationError: The version does not load, or a request fails.
    """
    return answers_of(
        C_LIBRARY,
        version_directory,
        requests,
        str(libraries or _installed_libraries(rung)),
        rung=rung,
        standard_input=json.dumps(tensor_names(read_meta_graph(version_directory))),
    )


def _installed_libraries(rung: str) -> Path:
    package = importlib.util.find_spec("tensorflow")
    if package is None or not package.submodule_search_locations:
        raise VerificationError(rung, "TensorFlow is not installed.")
    return Path(package.submodule_search_locations[0])
