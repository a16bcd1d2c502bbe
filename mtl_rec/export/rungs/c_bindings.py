"""The part of TensorFlow's C API that loads and runs a SavedModel, through ctypes."""

import ctypes
from ctypes import POINTER, c_char_p, c_int, c_int64, c_size_t, c_void_p
from pathlib import Path
from types import SimpleNamespace
from typing import Any

LIBRARIES = ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2")


class Endpoint(ctypes.Structure):
    """`TF_Output`: an operation of the graph and which of its outputs."""

    _fields_ = (("operation", c_void_p), ("index", c_int))


_ENDPOINTS, _TENSORS = POINTER(Endpoint), POINTER(c_void_p)

# Result type, then argument types, by function.
_FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "_ZN10tensorflow21DisableXlaCompilationEv": (None,),
    "TF_NewStatus": (c_void_p,),
    "TF_GetCode": (c_int, c_void_p),
    "TF_Message": (c_char_p, c_void_p),
    "TF_DeleteStatus": (None, c_void_p),
    "TF_LoadLibrary": (c_void_p, c_char_p, c_void_p),
    "TF_NewSessionOptions": (c_void_p,),
    "TF_DeleteSessionOptions": (None, c_void_p),
    "TF_SetConfig": (None, c_void_p, c_char_p, c_size_t, c_void_p),
    "TF_NewGraph": (c_void_p,),
    "TF_DeleteGraph": (None, c_void_p),
    "TF_GraphOperationByName": (c_void_p, c_void_p, c_char_p),
    "TF_OperationNumOutputs": (c_int, c_void_p),
    "TF_OperationOutputType": (c_int, Endpoint),
    "TF_LoadSessionFromSavedModel": (
        *(c_void_p, c_void_p, c_void_p, c_char_p),
        *(POINTER(c_char_p), c_int, c_void_p, c_void_p, c_void_p),
    ),
    "TF_CloseSession": (None, c_void_p, c_void_p),
    "TF_DeleteSession": (None, c_void_p, c_void_p),
    "TF_SessionRun": (
        *(None, c_void_p, c_void_p),
        *(_ENDPOINTS, _TENSORS, c_int),
        *(_ENDPOINTS, _TENSORS, c_int),
        *(c_void_p, c_int, c_void_p, c_void_p),
    ),
    "TF_AllocateTensor": (c_void_p, c_int, POINTER(c_int64), c_int, c_size_t),
    "TF_DeleteTensor": (None, c_void_p),
    "TF_TensorData": (c_void_p, c_void_p),
    "TF_TensorByteSize": (c_size_t, c_void_p),
    "TF_NumDims": (c_int, c_void_p),
    "TF_Dim": (c_int64, c_void_p, c_int),
    "TF_StringInit": (None, c_void_p),
    "TF_StringCopy": (None, c_void_p, c_char_p, c_size_t),
    "TF_StringGetDataPointer": (c_void_p, c_void_p),
    "TF_StringGetSize": (c_size_t, c_void_p),
    "TF_StringDealloc": (None, c_void_p),
}


def load_library(directory: str) -> SimpleNamespace:
    """The functions of the C API by name, with XLA off as in a stock server.

    Args:
        directory: The folder of TensorFlow's libraries.
    """
    handles = [_open(Path(directory, name)) for name in LIBRARIES]
    library = SimpleNamespace()
    for name, (result, *arguments) in _FUNCTIONS.items():
        function = _find(handles, name)
        function.restype, function.argtypes = result, arguments
        setattr(library, name, function)
    library._ZN10tensorflow21DisableXlaCompilationEv()
    return library


def load_operations(library: SimpleNamespace, paths: list[str]) -> None:
    """Adds operations that other libraries have.

    Args:
        library: The C API.
        paths: Of these libraries.
    """
    status = library.TF_NewStatus()
    for path in paths:
        library.TF_LoadLibrary(path.encode(), status)
        if library.TF_GetCode(status):
            raise ImportError(library.TF_Message(status).decode(errors="replace"))
    library.TF_DeleteStatus(status)


def _open(path: Path) -> ctypes.CDLL:
    if not path.exists():
        raise FileNotFoundError(f"TensorFlow's library '{path}' is missing.")
    return ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)


def _find(handles: list[ctypes.CDLL], name: str) -> Any:
    for handle in handles:
        if hasattr(handle, name):
            return getattr(handle, name)
    raise ImportError(f"TensorFlow's libraries have no function '{name}'.")
