"""Reading rows of large tables, for layers and optimizers alike."""

from typing import Any

import keras
from keras import ops


def rows_of(variable: keras.Variable, rows: Any) -> Any:
    """Rows of a variable, without reading the others where the backend can."""
    value = variable.value
    # TensorFlow's `take` reads the whole table first; its variables can do better, but
    # for those that are copied to several devices.
    if hasattr(value, "sparse_read") and not hasattr(value, "values"):
        return value.sparse_read(rows)
    return ops.take(variable, rows, axis=0)
