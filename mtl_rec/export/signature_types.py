"""What a SavedModel says of its signatures: names, types and tensors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf

_INITIALIZER = "__saved_model_init_op"
_TYPE = re.compile(r"(\w+) \[((?:-?\d+(?:, -?\d+)*)?)\]")


def signatures_of(meta_graph: Any) -> dict[str, Any]:
    """Every `SignatureDef` that can be called, by name."""
    signatures = dict(meta_graph.signature_def)
    signatures.pop(_INITIALIZER, None)
    return signatures


def tensor_names(meta_graph: Any) -> dict[str, dict[str, dict[str, tuple[str, int]]]]:
    """Tensor and type number of every input and output, by signature and side."""
    return {
        name: {
            side: {key: (info.name, info.dtype) for key, info in infos.items()}
            for side, infos in (("inputs", value.inputs), ("outputs", value.outputs))
        }
        for name, value in signatures_of(meta_graph).items()
    }


def stored_type(info: Any) -> str:
    """A `TensorInfo` in the words of `type_text`."""
    import tensorflow as tf

    if info.WhichOneof("encoding") != "name":
        return "not a dense tensor"
    try:
        dtype = tf.dtypes.as_dtype(info.dtype).name
    except TypeError:
        dtype = f"type number {info.dtype}"
    if info.tensor_shape.unknown_rank:
        return f"{dtype} of any shape"
    return f"{dtype} {[dimension.size for dimension in info.tensor_shape.dim]}"


def type_text(spec: tf.TensorSpec) -> str:
    """A type as `float32 [-1, 3]`, -1 for any size."""
    sizes = [-1 if size is None else size for size in spec.shape.as_list()]
    return f"{spec.dtype.name} {sizes}"


def type_from(text: str, name: str) -> tf.TensorSpec:
    """The type that `type_text` wrote.

    Args:
        text: The type.
        name: Of the tensor.

    Raises:
        ValueError: The text is no type.
    """
    import tensorflow as tf

    match = _TYPE.fullmatch(text)
    if match is None:
        raise ValueError(f"A type must be like 'float32 [-1, 3]'. Received: '{text}'.")
    sizes = [int(size) for size in match[2].split(", ") if size]
    shape = [None if size == -1 else size for size in sizes]
    try:
        return tf.TensorSpec(shape, tf.dtypes.as_dtype(match[1]), name)
    except TypeError as error:
        raise ValueError(f"'{match[1]}' of '{text}' is no type.") from error
