"""A rung that asks a server, over the protocols that clients use."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from mtl_rec.errors import VerificationError
from mtl_rec.export.climbing import Rung
from mtl_rec.export.proofs import Proofs
from mtl_rec.export.requests import requests_to
from mtl_rec.export.rungs.rung_protocol import Arrays, array_name
from mtl_rec.serving.client.address import Address, ModelReference
from mtl_rec.serving.client.errors import ServerError
from mtl_rec.serving.client.transport import Transport, open_transport

SERVER = "server"
_PROVES = "a server answers as expected, over gRPC and REST"
_TIMEOUT_SECONDS = 60


def server_rung(model: str, urls: Sequence[str]) -> Rung:
    """Asks a server that serves the version.

    Args:
        model: Its name there.
        urls: Of its gRPC, its REST, or both: each is asked everything.
    """

    def climb(_: Path, proofs: Proofs) -> Sequence[Arrays]:
        return [answers_of_server(url, model, proofs) for url in urls]

    return Rung(SERVER, _PROVES, climb)


def local_server_rung() -> Rung:
    """Starts the local server on the version alone, and asks that."""

    def climb(version_directory: Path, proofs: Proofs) -> Sequence[Arrays]:
        from mtl_rec.serving.local import LocalServer

        with TemporaryDirectory() as folder:
            Path(folder, "1").symlink_to(version_directory.resolve())
            with LocalServer({"model": folder}, grpc_port=0, rest_port=0) as server:
                grpc = f"grpc://127.0.0.1:{server.grpc_port}"
                rest = f"http://127.0.0.1:{server.rest_port}"
                rung = server_rung("model", [grpc, rest])
                return rung.climb(version_directory, proofs)

    return Rung(SERVER, _PROVES, climb)


def answers_of_server(url: str, model: str, proofs: Proofs) -> dict[str, np.ndarray]:
    """What a server answers to all requests, as `rung_protocol.array_name` names it.

    Raises:
        ConfigError: The URL is wrong.
        VerificationError: The server does not answer, or refuses a request.
    """
    try:
        return asyncio.run(_answers(Address.of(url), ModelReference(model), proofs))
    except ServerError as error:
        raise VerificationError(SERVER, str(error)) from error


async def _answers(
    address: Address, model: ModelReference, proofs: Proofs
) -> dict[str, np.ndarray]:
    transport = open_transport(address)
    try:
        return await _ask(transport, model, proofs)
    finally:
        await transport.close()


async def _ask(
    transport: Transport, model: ModelReference, proofs: Proofs
) -> dict[str, np.ndarray]:
    metadata = await transport.metadata(model, _TIMEOUT_SECONDS)
    answers = {}
    for name, proof in proofs.items():
        signature = metadata.signature(name)
        outputs = tuple(proof.outputs)
        for request in requests_to(proof):
            answered = await transport.predict(
                model, signature, dict(request.inputs), outputs, _TIMEOUT_SECONDS
            )
            for output, values in answered.items():
                answers[array_name(name, request.name, output)] = values
    return answers
