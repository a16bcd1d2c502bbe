"""What a REST path asks for."""

import re
from typing import NamedTuple
from urllib.parse import unquote

from tensorflow_serving.apis.model_pb2 import ModelSpec

from mtl_rec.serving.local.status import invalid_argument

API_PATH = re.compile(r"/v1/.*", re.IGNORECASE | re.DOTALL)

_VERSION = r"(?:/versions/(?P<version>\d+)|/labels/(?P<label>[^/:]+))?"
_PATHS = {
    "POST": re.compile(
        rf"/v1/models/(?P<name>[^/:]+){_VERSION}:(?P<what>classify|regress|predict)",
        re.IGNORECASE | re.ASCII,
    ),
    "GET": re.compile(
        rf"/v1/models(?:/(?P<name>[^/:]+))?{_VERSION}(?:/(?P<what>metadata))?",
        re.IGNORECASE | re.ASCII,
    ),
}
_MAX_NUMBER = 2**63 - 1


class Asked(NamedTuple):
    """A model, and what is asked of it: `predict`, `metadata`, `status` and so on."""

    spec: ModelSpec
    what: str


def parse_path(method: str, path: str) -> Asked:
    """What a request asks for.

    Args:
        method: Of HTTP.
        path: As it was sent, without its query.

    Raises:
        StatusError: Nothing that exists.
    """
    pattern = _PATHS.get(method)
    match = pattern.fullmatch(path) if pattern else None
    if match is None:
        raise invalid_argument(f"Malformed request: {method} {path}")
    if not match["name"]:
        raise invalid_argument("Missing model name in request.")
    spec = ModelSpec(name=unquote(match["name"]))
    if match["version"]:
        if int(match["version"]) > _MAX_NUMBER:
            raise invalid_argument(
                f"Failed to convert version: {match['version']} to numeric."
            )
        spec.version.value = int(match["version"])
    if match["label"]:
        spec.version_label = unquote(match["label"])
    return Asked(spec, match["what"] or "status")
