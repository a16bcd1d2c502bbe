"""Bodies of REST requests as JSON objects, and replies as bytes."""

import json
import re
from typing import Any

from mtl_rec.serving.local.status import invalid_argument

_decoder = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\n\r]*")


def parsed_object(body: bytes) -> dict[str, Any]:
    """The object at the start of a body; what follows it is not looked at.

    Args:
        body: UTF-8, in which other bytes are kept as they are.

    Raises:
        StatusError: It starts with no object.
    """
    text = body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    start = _BLANK.match(text)
    try:
        document, _ = _decoder.raw_decode(text, start.end() if start else 0)
    except (ValueError, RecursionError) as error:
        raise invalid_argument(f"JSON Parse error: {error}") from error
    if not isinstance(document, dict):
        raise invalid_argument("JSON Value: Is not object")
    return document


def signature_name_of(document: dict[str, Any]) -> str:
    """The signature a request names; empty for the default one."""
    name = document.get("signature_name", "")
    if not isinstance(name, str):
        raise invalid_argument("'signature_name' key must be a string value.")
    return name


def body_of(reply: dict[str, Any]) -> bytes:
    """A reply as it is sent; numbers that JSON lacks are NaN and Infinity."""
    text = json.dumps(reply, ensure_ascii=False)
    return text.encode("utf-8", "surrogateescape")
