"""XLA off, as `main()` of TensorFlow Serving has it unless a flag asks for it."""

import ctypes
from pathlib import Path

import tensorflow as tf

_LIBRARY = "libtensorflow_cc.so.2"
_FUNCTION = "_ZN10tensorflow21DisableXlaCompilationEv"


def disable_xla() -> None:
    """Makes what needs XLA fail, in all of this process and for good."""
    library = ctypes.CDLL(str(Path(tf.__file__).with_name(_LIBRARY)))
    function = getattr(library, _FUNCTION)
    function.restype, function.argtypes = None, ()
    function()
