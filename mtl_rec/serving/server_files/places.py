"""Where the generated files are, on this machine and as a server sees them."""

SERVER = "server"
"""Folder beside the versions. A server takes only numbers, so it leaves this alone."""

MODELS_CONFIG = f"{SERVER}/models.config"


def model_path(name: str) -> str:
    """The directory of a model inside the container, where its volume is mounted."""
    return f"/models/{name}"


def server_path(name: str, file: str) -> str:
    """A generated file inside the container."""
    return f"{model_path(name)}/{SERVER}/{file}"
