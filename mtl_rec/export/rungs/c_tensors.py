"""NumPy arrays to and from tensors of TensorFlow's C API."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np

FLOAT32 = 1
STRING = 7
NUMERIC = {FLOAT32: "float32", 2: "float64", 3: "int32", 9: "int64", 10: "bool"}
"""Names of types by TensorFlow's number (`DataType` in types.proto)."""

_STRING_SIZE_BYTES = 24


@contextmanager
def tensor_of(
    library: SimpleNamespace, array: np.ndarray, data_type: int
) -> Iterator[int]:
    """A tensor with the array's values, freed on exit.

    Args:
        library: The C API.
        array: Numbers, or bytes for strings.
        data_type: TensorFlow's number of the type.
    """
    if data_type == STRING:
        numbers, size_bytes = None, _STRING_SIZE_BYTES * array.size
    elif data_type in NUMERIC:
        numbers = np.ascontiguousarray(array, NUMERIC[data_type])
        size_bytes = numbers.nbytes
    else:
        raise TypeError(f"Inputs of type number {data_type} can't be checked.")
    shape = (ctypes.c_int64 * array.ndim)(*array.shape)
    tensor = library.TF_AllocateTensor(data_type, shape, array.ndim, size_bytes)
    try:
        start = library.TF_TensorData(tensor)
        if numbers is None:
            with _strings(library, start, array):
                yield tensor
        else:
            ctypes.memmove(start, numbers.ctypes.data, size_bytes)
            yield tensor
    finally:
        library.TF_DeleteTensor(tensor)


def array_of(library: SimpleNamespace, tensor: int, data_type: int) -> np.ndarray:
    """A copy of a tensor's values; strings are objects of bytes.

    Args:
        library: The C API.
        tensor: Its handle.
        data_type: TensorFlow's number of the type.
    """
    shape = [library.TF_Dim(tensor, axis) for axis in range(library.TF_NumDims(tensor))]
    start = library.TF_TensorData(tensor)
    if data_type == STRING:
        values = np.empty(shape, object)
        for index in range(values.size):
            values.flat[index] = _text_at(library, start + _STRING_SIZE_BYTES * index)
        return values
    content = ctypes.string_at(start, library.TF_TensorByteSize(tensor))
    return np.frombuffer(content, NUMERIC[data_type]).reshape(shape)


def _text_at(library: SimpleNamespace, address: int) -> bytes:
    return ctypes.string_at(
        library.TF_StringGetDataPointer(address), library.TF_StringGetSize(address)
    )


@contextmanager
def _strings(library: SimpleNamespace, start: int, array: np.ndarray) -> Iterator[None]:
    """Fills a tensor with strings, which deleting the tensor would leak."""
    values = array.ravel()
    addresses = [start + _STRING_SIZE_BYTES * index for index in range(values.size)]
    for address in addresses:
        library.TF_StringInit(address)
    try:
        for address, value in zip(addresses, values, strict=True):
            library.TF_StringCopy(address, value, len(value))
        yield
    finally:
        for address in addresses:
            library.TF_StringDealloc(address)
