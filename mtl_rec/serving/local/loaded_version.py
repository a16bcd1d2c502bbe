"""One version of a model in a session of its own, run as TensorFlow Serving runs it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef, TensorInfo

from mtl_rec.errors import VerificationError
from mtl_rec.export.structure import read_meta_graph
from mtl_rec.export.text_operations import text_libraries
from mtl_rec.serving.local.status import invalid_argument

SERVE_TAG = "serve"
DEFAULT_SIGNATURE = "serving_default"


class LoadedVersion:
    """A SavedModel that answers; many threads may run it at once.

    Args:
        name: The model's name.
        number: The version's number.
        directory: The SavedModel.
    """

    def __init__(self, name: str, number: int, directory: Path) -> None:
        self.name = name
        self.number = number
        self.directory = directory
        self._session = tf.compat.v1.Session(graph=tf.Graph())
        try:
            self.signatures = self._load(directory)
        except BaseException:
            self.close()
            raise

    def run(
        self,
        inputs: Mapping[str, np.ndarray],
        input_tensors: Mapping[str, TensorInfo],
        output_tensors: Sequence[TensorInfo],
    ) -> list[np.ndarray]:
        """Runs the graph once.

        Args:
            inputs: Values by the name of the input.
            input_tensors: Where they go, by the same names.
            output_tensors: What to fetch.

        Raises:
            StatusError: A value doesn't fit its place.
            tensorflow.errors.OpError: The graph refused the values.
        """
        for name, array in inputs.items():
            _check_shape(name, array, input_tensors[name])
        feeds = {input_tensors[name].name: array for name, array in inputs.items()}
        fetches = [tensor.name for tensor in output_tensors]
        return self._session.run(fetches, feeds)

    def close(self) -> None:
        """Frees the memory of the version, which must not be running."""
        self._session.close()
        # Its destructor is what frees the variables.
        del self._session

    def _load(self, directory: Path) -> Mapping[str, SignatureDef]:
        _load_text_operations(directory)
        with self._session.graph.as_default():
            graph = tf.compat.v1.saved_model.loader.load(
                self._session, [SERVE_TAG], str(directory)
            )
        return graph.signature_def


def _load_text_operations(directory: Path) -> None:
    """Those of TensorFlow Text that a graph has: a server is linked with them."""
    try:
        libraries = text_libraries(read_meta_graph(directory).graph_def)
    except VerificationError:
        # A damaged file, of which the loader says more.
        return
    for library in libraries:
        tf.load_op_library(library)


def _check_shape(name: str, array: np.ndarray, tensor: TensorInfo) -> None:
    """The session of Python refuses another shape in words of its own."""
    if tensor.tensor_shape.unknown_rank:
        return
    declared = [dimension.size for dimension in tensor.tensor_shape.dim]
    fits = len(declared) == array.ndim and all(
        length in (-1, sent) for length, sent in zip(declared, array.shape, strict=True)
    )
    if not fits:
        raise invalid_argument(
            f"Input '{name}' must have shape {declared}. Received: {list(array.shape)}."
        )
