"""What went wrong with a request: one of gRPC's codes and a message."""

import logging

import grpc
import tensorflow as tf

_logger = logging.getLogger(__name__)

HTTP_STATUS = {
    grpc.StatusCode.OK: 200,
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.UNKNOWN: 500,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DATA_LOSS: 500,
    grpc.StatusCode.UNAUTHENTICATED: 401,
}
"""What REST answers for a code."""

_PYTHON_PREFIX = "Graph execution error:\n\n"
_CODES = {code.value[0]: code for code in grpc.StatusCode}


class StatusError(Exception):
    """A request that can't be answered.

    Args:
        code: Why, as gRPC says it.
        message: What was wrong with it.
    """

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid_argument(message: str) -> StatusError:
    """The error of a request that no state of the server could make right."""
    return StatusError(grpc.StatusCode.INVALID_ARGUMENT, message)


def status_of(error: Exception) -> StatusError:
    """What an error is in gRPC's terms; `INTERNAL` if it should not have come up."""
    match error:
        case StatusError():
            return error
        case tf.errors.OpError():
            message = error.message.removeprefix(_PYTHON_PREFIX)
            return StatusError(code_of(error.error_code), message)
        case MemoryError():
            message = "There is not enough memory for the request."
            return StatusError(grpc.StatusCode.RESOURCE_EXHAUSTED, message)
    message = f"{type(error).__name__}: {error}"
    return StatusError(grpc.StatusCode.INTERNAL, message)


def answer_to(error: Exception) -> StatusError:
    """What the sender of a request is told; a bug of ours is logged."""
    status = status_of(error)
    if not isinstance(error, StatusError | tf.errors.OpError | MemoryError):
        _logger.error("A request met a bug of the server.", exc_info=error)
    return status


def code_of(number: int) -> grpc.StatusCode:
    """The code with a number; TensorFlow and gRPC number them alike."""
    return _CODES.get(number, grpc.StatusCode.UNKNOWN)
