"""Loads an exported version into this process."""

from pathlib import Path
from typing import Any

import tensorflow as tf

from mtl_rec.errors import ArtifactError, VerificationError
from mtl_rec.export.structure import read_meta_graph
from mtl_rec.export.text_operations import text_libraries


def load_saved_model(path: Path) -> Any:
    """A SavedModel, with the operations of TensorFlow Text that it may have.

    Raises:
        ArtifactError: A file of it is missing or damaged, or TensorFlow Text is not
            installed and it needs it.
    """
    try:
        for library in text_libraries(read_meta_graph(path).graph_def):
            tf.load_op_library(library)
        return tf.saved_model.load(str(path))
    except VerificationError as error:
        raise ArtifactError(f"'{path}' can't be loaded: {error.reason}") from error
    except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
        raise ArtifactError(f"'{path}' can't be loaded: {error}") from error
