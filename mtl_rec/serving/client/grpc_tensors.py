"""Arrays as the tensors of TensorFlow's messages."""

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow.core.framework.tensor_shape_pb2 import TensorShapeProto


def to_proto(values: np.ndarray) -> Any:
    """A `TensorProto`.

    Args:
        values: Numbers, or bytes in an object array.
    """
    sizes = [TensorShapeProto.Dim(size=size) for size in values.shape]
    shape = TensorShapeProto(dim=sizes)
    if values.dtype == object:
        dtype = tf.string.as_datatype_enum
        return TensorProto(
            dtype=dtype, tensor_shape=shape, string_val=values.ravel().tolist()
        )
    dtype = tf.as_dtype(values.dtype).as_datatype_enum
    return TensorProto(dtype=dtype, tensor_shape=shape, tensor_content=values.tobytes())


def from_proto(tensor: Any) -> np.ndarray:
    """The values of a `TensorProto`; text as `str`, which REST answers as well."""
    values = tf.make_ndarray(tensor)
    if values.dtype != object:
        return values
    texts = np.empty(values.shape, object)
    texts.ravel()[:] = [_text(value) for value in values.ravel()]
    return texts


def _text(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value
