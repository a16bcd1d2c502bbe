"""Requests that TensorFlow's C library answers, timed from call to answer."""

import ctypes
import importlib.util
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from mtl_rec.export.rungs.c_bindings import load_library
from mtl_rec.export.rungs.c_session import Session, endpoints
from mtl_rec.export.rungs.c_tensors import array_of, tensor_of
from mtl_rec.export.signature_types import tensor_names
from mtl_rec.export.structure import read_meta_graph


@contextmanager
def sessions_of(
    versions: Iterable[Path],
) -> Iterator[tuple[SimpleNamespace, dict[Path, Session]]]:
    """TensorFlow's C library, and a session of it for each version."""
    package = importlib.util.find_spec("tensorflow")
    assert package is not None
    library = load_library(next(iter(package.submodule_search_locations or ())))
    with ExitStack() as stack:
        yield (
            library,
            {
                path: stack.enter_context(Session(library, str(path)))
                for path in versions
            },
        )


class CRequest:
    """One request, whose tensors are made before it is timed, as a server has them.

    Args:
        library: The C API.
        session: Of the version.
        version: The version's folder.
        signature: What is asked.
        batch: Values of its inputs.
    """

    def __init__(
        self,
        library: SimpleNamespace,
        session: Session,
        version: Path,
        signature: str,
        batch: Mapping[str, np.ndarray],
    ) -> None:
        names = tensor_names(read_meta_graph(version))[signature]
        inputs = session.find("input", names["inputs"])
        self._outputs = session.find("output", names["outputs"])
        self._library, self._session, self._kept = library, session, ExitStack()
        tensors = [
            self._kept.enter_context(tensor_of(library, batch[name], own.data_type))
            for name, own in inputs.items()
        ]
        self._tensors = (ctypes.c_void_p * len(tensors))(*tensors)
        self._inputs = endpoints(inputs)
        self._fetched = endpoints(self._outputs)

    def seconds(self) -> float:
        """Asks once."""
        started, answers = self._ask()
        seconds = time.perf_counter() - started
        self._free(answers)
        return seconds

    def answers(self) -> dict[str, np.ndarray]:
        """Asks once, for the outputs by name."""
        _, tensors = self._ask()
        answers = {
            name: array_of(self._library, tensor, own.data_type)
            for (name, own), tensor in zip(self._outputs.items(), tensors, strict=True)
        }
        self._free(tensors)
        return answers

    def close(self) -> None:
        """Frees the tensors."""
        self._kept.close()

    def _ask(self) -> tuple[float, ctypes.Array]:
        answers = (ctypes.c_void_p * len(self._fetched))()
        started = time.perf_counter()
        self._session.run_tensors(self._inputs, self._tensors, self._fetched, answers)
        return started, answers

    def _free(self, tensors: ctypes.Array) -> None:
        for tensor in tensors:
            self._library.TF_DeleteTensor(tensor)
