"""How a request gets to a server: its signature, its parts, its tries."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np

from mtl_rec.serving.client.address import ModelReference
from mtl_rec.serving.client.errors import (
    InvalidRequest,
    ModelNotFound,
    RequestError,
    ServerError,
)
from mtl_rec.serving.client.inputs import Arrays, Inputs
from mtl_rec.serving.client.packing import packing_of
from mtl_rec.serving.client.retries import Deadline, gathered, with_retries
from mtl_rec.serving.client.signatures import ModelMetadata, Signature, VersionStatus
from mtl_rec.serving.client.transport import Transport

Result = TypeVar("Result")
Replies = list[Mapping[str, np.ndarray]]
Prepare = Callable[[Signature], tuple[Inputs, tuple[str, ...]]]

_REQUESTS_AT_ONCE = 4
"""Of one call: enough to keep a server busy, few enough to leave it to others."""


class ModelCalls:
    """Requests to one model of a server.

    Args:
        transport: To the server.
        model: The model.
        retries: Tries after the first, where nobody answers.
        rows_per_request: Rows, or candidates, in one request at most.
    """

    def __init__(
        self,
        transport: Transport,
        model: ModelReference,
        retries: int,
        rows_per_request: int,
    ) -> None:
        self._transport = transport
        self._model = model
        self._retries = retries
        self._rows_per_request = rows_per_request
        self._metadata: ModelMetadata | None = None

    async def predict(
        self,
        name: str,
        prepare: Prepare,
        deadline: Deadline,
    ) -> tuple[Replies, tuple[str, ...]]:
        """Runs a signature on prepared inputs.

        What the server told of the signature is kept, and asked for again where the
        inputs do not fit: another version may have come meanwhile.

        Args:
            name: The signature.
            prepare: Inputs and names of the outputs to ask for, once it is known;
                raises `RequestError`.
            deadline: Of all requests together.

        Returns:
            The outputs of every part of the inputs, in order, and their names.
        """
        known = self._metadata
        try:
            metadata = known or await self.metadata(deadline)
            return await self._run(metadata, name, prepare, deadline)
        except (RequestError, InvalidRequest):
            changed = await self._changed(known, deadline) if known else None
            if changed is None:
                raise
        return await self._run(changed, name, prepare, deadline)

    async def metadata(self, deadline: Deadline) -> ModelMetadata:
        """What the server tells of the version, now."""
        ask = partial(self._transport.metadata, self._model)
        self._metadata = await self._tried(ask, deadline)
        return self._metadata

    async def status(self, deadline: Deadline) -> list[VersionStatus]:
        """The versions that the server knows, newest first."""
        return await self._tried(partial(self._transport.status, self._model), deadline)

    async def _changed(
        self, known: ModelMetadata, deadline: Deadline
    ) -> ModelMetadata | None:
        """What the server tells now, if it is something else."""
        try:
            seconds = deadline.require()
            self._metadata = await self._transport.metadata(self._model, seconds)
        except ServerError:
            # What is wrong with the request says more.
            return None
        return self._metadata if self._metadata != known else None

    async def _run(
        self,
        metadata: ModelMetadata,
        name: str,
        prepare: Prepare,
        deadline: Deadline,
    ) -> tuple[Replies, tuple[str, ...]]:
        signature = metadata.signature(name)
        inputs, outputs = prepare(signature)
        parts = inputs.parts(self._rows_per_request)
        packing = packing_of(metadata, name)
        if packing is not None:
            signature, parts = packing.signature, [packing.of(part) for part in parts]
        send = partial(self._send, signature, parts, outputs, deadline)
        if len(parts) < 2:
            return await send(self._model), outputs
        try:
            return await send(await self._one_version(deadline)), outputs
        except ModelNotFound:
            # It was replaced while the parts were on their way.
            return await send(await self._one_version(deadline)), outputs

    async def _send(
        self,
        signature: Signature,
        parts: list[Arrays],
        outputs: tuple[str, ...],
        deadline: Deadline,
        model: ModelReference,
    ) -> Replies:
        def call(arrays: Arrays) -> Callable[[], Awaitable[Mapping[str, np.ndarray]]]:
            ask = partial(self._transport.predict, model, signature, arrays, outputs)
            return partial(self._tried, ask, deadline)

        return await gathered(map(call, parts), _REQUESTS_AT_ONCE)

    async def _one_version(self, deadline: Deadline) -> ModelReference:
        """The version that answers now, so that all parts are answered by it.

        The status does not tell it: for a label it lists all versions.
        """
        if self._model.version is not None:
            return self._model
        ask = partial(self._transport.metadata, self._model)
        answering = await self._tried(ask, deadline)
        return replace(self._model, version=answering.version, label=None)

    async def _tried(
        self, ask: Callable[[float], Awaitable[Result]], deadline: Deadline
    ) -> Result:
        return await with_retries(ask, self._retries, deadline)
