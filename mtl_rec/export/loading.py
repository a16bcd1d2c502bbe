"""An exported version, loaded into this process."""

from pathlib import Path
from typing import Any

import tensorflow as tf

from mtl_rec.config.served_names import SCHEMA_FILE
from mtl_rec.errors import ArtifactError, VerificationError
from mtl_rec.export.structure import read_meta_graph
from mtl_rec.export.text_operations import text_libraries
from mtl_rec.schema.schema import Schema


def load_saved_model(path: Path) -> Any:
    """A SavedModel, with the operations of TensorFlow Text that it may have.

    The variables of its `signatures` live as long as this object does.

    Raises:
        ArtifactError: A file of it is missing or damaged, or TensorFlow Text is not
            installed and it needs it.
    """
    try:
        for library in text_libraries(read_meta_graph(path).graph_def):
            tf.load_op_library(library)
        return tf.saved_model.load(str(path))
    except VerificationError as error:
        raise _damaged(path, error.reason) from error
    except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
        raise _damaged(path, error) from error


def read_schema(path: Path) -> Schema:
    """The schema of the model that was exported.

    Raises:
        ArtifactError: Its file is missing or damaged.
    """
    try:
        return Schema.from_json((path / SCHEMA_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: object) -> ArtifactError:
    reason = str(error).rstrip(".")
    return ArtifactError(
        f"'{path}' can't be loaded: {reason}. Name an exported version, or export it "
        "again."
    )
