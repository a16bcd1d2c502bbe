"""Asks TensorFlow's C library, which a stock server is made of, in a clean process."""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mtl_rec.errors import ArtifactError, VerificationError
from mtl_rec.export.rungs.clean_process import answers_of
from mtl_rec.export.rungs.rung_protocol import Arrays
from mtl_rec.export.signature_types import tensor_names
from mtl_rec.export.structure import read_meta_graph
from mtl_rec.export.text_operations import text_libraries

C_LIBRARY = "c_library"


@dataclass(frozen=True)
class LibrarySettings:
    """How the library runs graphs, where it is not to be as a stock server does.

    Attributes:
        config: A serialized `ConfigProto` for its session.
        environment: Variables for its process, `TF_ENABLE_ONEDNN_OPTS` for one.
    """

    config: bytes = b""
    environment: Mapping[str, str] = field(default_factory=dict)


AS_A_SERVER = LibrarySettings()


def ask_c_library(
    rung: str,
    version_directory: Path,
    requests: Arrays,
    libraries: Path | None = None,
    settings: LibrarySettings = AS_A_SERVER,
) -> dict[str, np.ndarray]:
    """Runs every signature on its requests.

    Args:
        rung: Who asks, for errors.
        version_directory: The SavedModel.
        requests: As `rung_protocol.array_name` names them.
        libraries: Folder with the two libraries, that of the installed TensorFlow if
            None.
        settings: Of the library.

    Raises:
        VerificationError: The version does not load, or a request fails.
    """
    meta_graph = read_meta_graph(version_directory)
    asked = {
        "signatures": tensor_names(meta_graph),
        "config": settings.config.hex(),
        "text_libraries": _text_libraries(rung, meta_graph, libraries),
    }
    return answers_of(
        C_LIBRARY,
        version_directory,
        requests,
        str(libraries or _installed_libraries(rung)),
        rung=rung,
        standard_input=json.dumps(asked),
        environment=settings.environment,
    )


def _text_libraries(rung: str, meta_graph: Any, libraries: Path | None) -> list[str]:
    try:
        needed = text_libraries(meta_graph.graph_def)
    except ArtifactError as error:
        raise VerificationError(rung, str(error)) from error
    if needed and libraries is not None:
        raise VerificationError(
            rung,
            "The graph has operations of TensorFlow Text, which are kept for the "
            "installed release alone. Verify it without the earlier ones.",
        )
    return needed


def _installed_libraries(rung: str) -> Path:
    package = importlib.util.find_spec("tensorflow")
    if package is None or not package.submodule_search_locations:
        raise VerificationError(rung, "TensorFlow is not installed.")
    return Path(package.submodule_search_locations[0])
