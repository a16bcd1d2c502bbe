"""What the two protocols have in common."""

from typing import Protocol

import numpy as np

from mtl_rec.errors import ConfigError
from mtl_rec.serving.client.address import Address, ModelReference
from mtl_rec.serving.client.inputs import Arrays
from mtl_rec.serving.client.signatures import (
    ModelMetadata,
    Signature,
    VersionStatus,
)


class Transport(Protocol):
    """One protocol to one server; used within one event loop.

    Every method but `close` raises a `ServerError` where the server refuses or does
    not answer.
    """

    async def predict(
        self,
        model: ModelReference,
        signature: Signature,
        arrays: Arrays,
        outputs: tuple[str, ...],
        seconds: float,
    ) -> dict[str, np.ndarray]:
        """Runs a signature; at least the outputs asked for are in the answer."""
        ...

    async def metadata(self, model: ModelReference, seconds: float) -> ModelMetadata:
        """The signatures of a version."""
        ...

    async def status(
        self, model: ModelReference, seconds: float
    ) -> list[VersionStatus]:
        """The versions that the server knows, newest first."""
        ...

    async def close(self) -> None:
        """Closes the connections."""
        ...


def open_transport(address: Address) -> Transport:
    """The transport of an address; it connects with the first request.

    Raises:
        ConfigError: A package that its protocol needs is not installed.
    """
    try:
        if address.protocol == "grpc":
            from mtl_rec.serving.client.grpc_transport import GrpcTransport

            return GrpcTransport(address)
        from mtl_rec.serving.client.rest_transport import RestTransport

        return RestTransport(address)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"'{address.url}' needs the package '{error.name}', which is not "
            "installed: pip install 'mtl-rec[serve]'."
        ) from error
