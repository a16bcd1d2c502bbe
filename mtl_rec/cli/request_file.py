"""JSON files of requests, and what is wrong with them."""

import json
import sys
from pathlib import Path
from typing import Any

from mtl_rec.errors import ArtifactError


class RequestFile:
    """A JSON object, read from a file or, for `-`, from the standard input.

    Args:
        path: Of the file.
        allowed: What it must hold, in words.

    Attributes:
        content: What it holds.

    Raises:
        ArtifactError: It can't be read, or is no JSON.
    """

    def __init__(self, path: Path, allowed: str) -> None:
        self._path, self._allowed = path, allowed
        is_input = str(path) == "-"
        try:
            text = sys.stdin.read() if is_input else path.read_text(encoding="utf-8")
            self.content: Any = json.loads(text)
        except OSError as error:
            raise ArtifactError(f"'{path}' can't be read: {error.strerror}.") from error
        except ValueError as error:
            raise ArtifactError(f"'{path}' must hold {allowed}. {error}.") from error

    def refusal(self) -> ArtifactError:
        """The error that says what was received in its place."""
        content = self.content
        is_object = isinstance(content, dict)
        received = sorted(content) if is_object else type(content).__name__
        return ArtifactError(
            f"'{self._path}' must hold {self._allowed}. Received: {received}."
        )
