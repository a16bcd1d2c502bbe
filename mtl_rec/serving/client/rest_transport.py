"""TensorFlow Serving's REST protocol, in its column format."""

import io
import json
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
import numpy as np

from mtl_rec.serving.client.address import Address, ModelReference
from mtl_rec.serving.client.errors import ServerError, server_error
from mtl_rec.serving.client.inputs import Arrays
from mtl_rec.serving.client.rest_values import from_json, to_json
from mtl_rec.serving.client.signatures import (
    ModelMetadata,
    Signature,
    VersionStatus,
    read_metadata,
    read_status,
)

Result = TypeVar("Result")

_LONGEST_SHOWN = 200
_STATUS_BY_CODE = {
    400: "INVALID_ARGUMENT",
    404: "NOT_FOUND",
    412: "FAILED_PRECONDITION",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class RestTransport:
    """Connections to one server, kept between requests.

    Args:
        address: The server.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        scheme = "https" if address.is_secure else "http"
        self._models = f"{scheme}://{address.host}{address.path}/v1/models"
        self._session: aiohttp.ClientSession | None = None

    async def predict(
        self,
        model: ModelReference,
        signature: Signature,
        arrays: Arrays,
        outputs: tuple[str, ...],
        seconds: float,
    ) -> dict[str, np.ndarray]:
        """Runs a signature; REST always answers with all outputs."""
        inputs = {name: to_json(values) for name, values in arrays.items()}
        body = {"signature_name": signature.name, "inputs": inputs}
        text = json.dumps(body, ensure_ascii=False)
        read = partial(_read_outputs, signature, outputs)
        return await self._answer(read, model, ":predict", seconds, text.encode())

    async def metadata(self, model: ModelReference, seconds: float) -> ModelMetadata:
        """The signatures of a version."""
        return await self._answer(_read_metadata, model, "/metadata", seconds)

    async def status(
        self, model: ModelReference, seconds: float
    ) -> list[VersionStatus]:
        """The versions that the server knows, newest first."""
        return await self._answer(_read_status, model, "", seconds)

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _answer(
        self,
        read: Callable[[Any], Result],
        model: ModelReference,
        action: str,
        seconds: float,
        body: bytes | None = None,
    ) -> Result:
        url = f"{self._models}/{_path(model)}{action}"
        about = f"{self._address.url}, {model}"
        if self._session is None:
            self._session = aiohttp.ClientSession()
        try:
            async with self._session.request(
                "GET" if body is None else "POST",
                url,
                # A file is sent piece by piece, so that others get their turn.
                data=None if body is None else io.BytesIO(body),
                headers={"Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as response:
                text = await response.text(errors="replace")
        except TimeoutError as error:
            detail = f"There was no answer within {seconds:.3g} s."
            raise server_error("DEADLINE_EXCEEDED", about, detail) from error
        except aiohttp.ClientConnectionError as error:
            raise server_error("UNAVAILABLE", about, str(error)) from error
        except aiohttp.ClientError as error:
            raise server_error("UNKNOWN", about, str(error)) from error
        if response.status != 200:
            raise _refusal(response.status, text, about)
        try:
            return read(json.loads(text))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            detail = (
                "The answer is none of TensorFlow Serving's. "
                f"Received: {text[:_LONGEST_SHOWN]}"
            )
            raise server_error("HTTP 200", about, detail) from error


def _path(model: ModelReference) -> str:
    path = quote(model.name, safe="")
    if model.version is not None:
        return f"{path}/versions/{model.version}"
    return path if model.label is None else f"{path}/labels/{quote(model.label)}"


def _read_outputs(
    signature: Signature, outputs: tuple[str, ...], reply: Any
) -> dict[str, np.ndarray]:
    values = reply["outputs"]
    if len(signature.outputs) == 1:
        # The protocol leaves the name out where there is only one.
        values = {next(iter(signature.outputs)): values}
    types = signature.outputs
    return {name: from_json(values[name], types[name].dtype) for name in outputs}


def _read_metadata(reply: Any) -> ModelMetadata:
    signatures = reply["metadata"]["signature_def"].get("signature_def", {})
    return read_metadata(reply["model_spec"].get("version", 0), signatures)


def _read_status(reply: Any) -> list[VersionStatus]:
    return read_status(reply["model_version_status"])


def _refusal(code: int, text: str, about: str) -> ServerError:
    status = _STATUS_BY_CODE.get(code, f"HTTP {code}")
    try:
        detail = json.loads(text)["error"]
    except (KeyError, TypeError, ValueError):
        # A proxy on the way answers in its own words.
        detail = text[:_LONGEST_SHOWN]
    return server_error(status, about, str(detail))
