"""From one row a request to one row an exposure."""

import contextvars
from contextlib import AbstractContextManager
from typing import Any

import keras
from keras import ops

from mtl_rec.models.layers.given import given

REQUEST_OF_ROW = "request_of_row"
"""With this input of a batch the user's inputs have a row for each request, and this
one says which of them belongs to each exposure, `(batch, 1)` int32."""

_REQUESTS: contextvars.ContextVar[Any]
_REQUESTS = contextvars.ContextVar("request_of_row", default=None)


def requests_of_rows(requests: Any) -> AbstractContextManager[None]:
    """While active, `RequestRows` repeats the rows of requests.

    Args:
        requests: For every exposure of the batch, which row of the user's inputs is its
            own, `(batch, 1)` int32; None where these have a row for each exposure.
    """
    return given(_REQUESTS, requests)


@keras.saving.register_keras_serializable(package="mtl_rec")
class RequestRows(keras.layers.Layer):
    """Repeats what was computed once for a request for each of its exposures.

    Outside `requests_of_rows` every exposure has its own row, and nothing changes.

    Inputs: `(requests, dim)`.

    Output shape: `(batch, dim)`.
    """

    def call(self, inputs):
        requests = _REQUESTS.get()
        if requests is None:
            return inputs
        return ops.take(inputs, ops.reshape(requests, (-1,)), axis=0)

    def compute_output_shape(self, inputs_shape):
        return inputs_shape
