"""Where a server is, and what of it is asked."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from mtl_rec.errors import ConfigError

_DEFAULT_PORTS = {"grpc": 8500, "grpcs": 8500, "http": 8501, "https": 443}


@dataclass(frozen=True)
class Address:
    """A server.

    Attributes:
        url: As it was given.
        protocol: The one that is spoken there.
        is_secure: Whether TLS is.
        host: With its port, `host:port`.
        path: Before `/v1/models`, of REST behind a proxy; without a slash at its end.
    """

    url: str
    protocol: Literal["grpc", "rest"]
    is_secure: bool
    host: str
    path: str

    @classmethod
    def of(cls, url: str) -> "Address":
        """Reads a URL.

        Args:
            url: `grpc://host:8500`, `grpcs://`, `http://host:8501` or `https://`.

        Raises:
            ConfigError: It is none.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
        except ValueError as error:
            raise _wrong(url) from error
        protocol = "grpc" if parts.scheme.startswith("grpc") else "rest"
        path = parts.path.rstrip("/")
        name = parts.hostname
        is_too_long = parts.query or parts.fragment or (path and protocol == "grpc")
        if parts.scheme not in _DEFAULT_PORTS or not name or not port or is_too_long:
            raise _wrong(url)
        host = f"[{name}]" if ":" in name else name
        is_secure = parts.scheme in ("grpcs", "https")
        return cls(url, protocol, is_secure, f"{host}:{port}", path)


@dataclass(frozen=True)
class ModelReference:
    """A model of a server: its newest version, if neither of the others is given.

    Args:
        name: The model.
        version: One of its versions.
        label: The version that has this label.
    """

    name: str
    version: int | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        if not self.name:
            raise ConfigError("`model` must name a model of the server.")
        if self.version is not None and self.label is not None:
            raise ConfigError(
                "`version` and `label` both choose a version: give one of them. "
                f"Received: {self.version} and '{self.label}'."
            )

    def __str__(self) -> str:
        text = f"model '{self.name}'"
        if self.version is not None:
            text += f", version {self.version}"
        return text if self.label is None else f"{text}, label '{self.label}'"


def _wrong(url: str) -> ConfigError:
    return ConfigError(
        "The URL of a server must be grpc://host:8500, grpcs://host:8500, "
        f"http://host:8501 or https://host. Received: '{url}'."
    )
