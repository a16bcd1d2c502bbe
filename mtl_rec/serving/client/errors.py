"""What can go wrong between a client and a server, free of heavy imports.

MtlRecError
├── RequestError          refused here, before the request left
└── ServerError           the server refused it, or did not answer
    ├── InvalidRequest    it does not fit what is served
    ├── ModelNotFound     no such model, version or label is served
    ├── Unavailable       nobody answers, or can't now, after all retries
    └── DeadlineExceeded  it took longer than allowed
"""

from mtl_rec.errors import MtlRecError


class RequestError(MtlRecError, ValueError):
    """A request that does not fit the served signature; it was not sent.

    Args:
        message: What is wrong.
        feature: The first feature that is wrong; None if it is something else.
    """

    def __init__(self, message: str, feature: str | None = None) -> None:
        super().__init__(message)
        self.feature = feature


class ServerError(MtlRecError):
    """The server refused a request, or did not answer it.

    Args:
        message: What is wrong.
        status: Name of the gRPC status, such as INVALID_ARGUMENT, whatever the
            protocol; "HTTP 418" where there is none.
    """

    def __init__(self, message: str, status: str) -> None:
        super().__init__(message)
        self.status = status


class InvalidRequest(ServerError):
    """The request does not fit what is served."""


class ModelNotFound(ServerError):
    """No such model, version or label is served."""


class Unavailable(ServerError):
    """Nobody answers there, or can't now, after all retries."""


class DeadlineExceeded(ServerError):
    """The answer took longer than the caller allows."""


_BY_STATUS: dict[str, type[ServerError]] = {
    "INVALID_ARGUMENT": InvalidRequest,
    "FAILED_PRECONDITION": InvalidRequest,
    "NOT_FOUND": ModelNotFound,
    "UNAVAILABLE": Unavailable,
    "DEADLINE_EXCEEDED": DeadlineExceeded,
}


def server_error(status: str, about: str, detail: str) -> ServerError:
    """The error of a status.

    Args:
        status: Name of the gRPC status, or of the HTTP one.
        about: Which server, and what was asked of it.
        detail: What it said.
    """
    message = f"{about}: {status}. {detail.rstrip(' .')}."
    return _BY_STATUS.get(status, ServerError)(message, status)
