"""Arrays as the JSON of TensorFlow Serving, and back."""

import base64
from typing import Any

import numpy as np


def to_json(values: np.ndarray) -> list[Any]:
    """Nested lists; bytes that are no UTF-8 are written in base 64.

    Args:
        values: Numbers, or bytes in an object array.
    """
    if values.dtype != object:
        return values.tolist()
    texts = np.empty(values.shape, object)
    texts.ravel()[:] = [_text(value) for value in values.ravel()]
    return texts.tolist()


def from_json(values: Any, dtype: str) -> np.ndarray:
    """The array of an output.

    Args:
        values: Nested lists.
        dtype: As NumPy names it; "string" for text.
    """
    return np.asarray(values, object if dtype == "string" else dtype)


def _text(value: bytes) -> str | dict[str, str]:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(value).decode()}
