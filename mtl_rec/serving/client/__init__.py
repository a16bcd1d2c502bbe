"""Clients of served models: checked before a request leaves, over gRPC and REST."""

from mtl_rec.serving.client.async_client import AsyncClient
from mtl_rec.serving.client.client import Client
from mtl_rec.serving.client.errors import (
    DeadlineExceeded,
    InvalidRequest,
    ModelNotFound,
    RequestError,
    ServerError,
    Unavailable,
)
from mtl_rec.serving.client.ranking import Ranking

__all__ = [
    "AsyncClient",
    "Client",
    "DeadlineExceeded",
    "InvalidRequest",
    "ModelNotFound",
    "Ranking",
    "RequestError",
    "ServerError",
    "Unavailable",
]
