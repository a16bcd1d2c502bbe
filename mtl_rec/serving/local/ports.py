"""Ports to listen on, and what to say of one that can't be had."""

import socket

from mtl_rec.errors import ConfigError


def listening_socket(option: str, host: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
        option: The option that gives the port, for the error.
        host: Address to listen on.
        port: The port, or 0 for any that is free.

    Raises:
        ConfigError: The port can't be had.
    """
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise ConfigError(
            f"`{option}` must name a free port of {host}. Received: {port} "
            f"({error.strerror}). Stop what listens on it, or name another."
        ) from error
