"""From one row a request to one row an exposure."""

import contextvars
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from mtl_rec.models.layers.given import given

REQUEST_OF_ROW = "request_of_row"
"""With this input of a batch the user's inputs have a row for each request, and this
one says which of them belongs to each exposure, `(batch, 1)` int32."""


@dataclass(frozen=True)
class RequestGrid:
    """Every request has as many exposures as any other, one after the other.

    Attributes:
        num_requests: Scalar tensor or number.
        num_exposures: Of each request.
    """

    num_requests: Any
    num_exposures: Any


_REQUESTS: contextvars.ContextVar[Any]
_REQUESTS = contextvars.ContextVar("request_of_row", default=None)


def requests_of_rows(requests: Any) -> AbstractContextManager[None]:
    """While active, `RequestRows` repeats the rows of requests.

    Args:
        requests: For every exposure of the batch, which row of the user's inputs is its
            own, `(batch, 1)` int32; or a `RequestGrid`; None where the user's inputs
            have a row for each exposure.
    """
    return given(_REQUESTS, requests)


@keras.saving.register_keras_serializable(package="mtl_rec")
class RequestRows(keras.layers.Layer):
    """Repeats what was computed once for a request for each of its exposures.

    Outside `requests_of_rows` every exposure has its own row already.

    Inputs:
        of_requests: `(requests, dim)`.
        of_exposures: `(batch, dim)`, added to the repeated rows; may be left out.

    Output shape: `(batch, dim)`.
    """

    def call(self, of_requests, of_exposures=None):
        match _REQUESTS.get():
            case None:
                rows = of_requests
            case RequestGrid() as grid:
                return _on_grid(grid, of_requests, of_exposures)
            case requests:
                rows = ops.take(of_requests, ops.reshape(requests, (-1,)), axis=0)
        return rows if of_exposures is None else ops.add(rows, of_exposures)

    def compute_output_shape(self, of_requests_shape, of_exposures_shape=None):
        return of_exposures_shape or of_requests_shape


def _on_grid(grid: RequestGrid, of_requests, of_exposures):
    """Broadcasts, where taking rows would copy each of them."""
    dim = of_requests.shape[-1]
    rows = of_requests[:, None, :]
    shape = (grid.num_requests, grid.num_exposures, dim)
    if of_exposures is None:
        rows = ops.broadcast_to(rows, shape)
    else:
        rows = ops.add(rows, ops.reshape(of_exposures, shape))
    return ops.reshape(rows, (-1, dim))
