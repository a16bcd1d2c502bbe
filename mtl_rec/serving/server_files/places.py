"""Where the generated files are, and what a server and a cluster call a model."""

import re

SERVER = "server"
"""Folder beside the versions. A server takes only numbers, so it leaves this alone."""

MODELS_CONFIG = f"{SERVER}/models.config"

STABLE = "stable"
"""The label of the version that users get."""

_LONGEST_NAME = 63 - len("-models")


def model_path(name: str) -> str:
    """The directory of a model inside the container, where its volume is mounted."""
    return f"/models/{name}"


def server_path(name: str, file: str) -> str:
    """A generated file inside the container."""
    return f"{model_path(name)}/{SERVER}/{file}"


def resource_name(name: str) -> str:
    """The name of a model as a Service may have it: short, a-z, 0-9 and dashes."""
    dashed = re.sub(r"[^a-z0-9]+", "-", name.lower())
    # A Service's name begins with a letter.
    letters_first = dashed if dashed[0].isalpha() else f"model-{dashed.lstrip('-')}"
    return letters_first[:_LONGEST_NAME].rstrip("-")
