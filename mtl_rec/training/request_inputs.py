"""The inputs of a batch whose user has a row for each request."""

from typing import Any

from keras import ops

from mtl_rec.models.layers.request_rows import REQUEST_OF_ROW


def request_of_row(x: Any) -> Any:
    """Which request each exposure is of; None where every exposure has its own row."""
    return x[REQUEST_OF_ROW] if _has_requests(x) else None


def without_requests(x: Any) -> Any:
    """What the graph of layers takes."""
    if not _has_requests(x):
        return x
    return {name: array for name, array in x.items() if name != REQUEST_OF_ROW}


def expanded(x: Any) -> Any:
    """The same inputs with a row for each exposure."""
    if not _has_requests(x):
        return x
    requests = ops.reshape(x[REQUEST_OF_ROW], (-1,))
    return {
        name: array
        if array.shape[0] == requests.shape[0]
        else ops.take(array, requests, axis=0)
        for name, array in without_requests(x).items()
    }


def _has_requests(x: Any) -> bool:
    return isinstance(x, dict) and REQUEST_OF_ROW in x
