"""Where commands write, and whether for people or for programs."""

import json
import math
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console, RenderableType

from mtl_rec.errors import ArtifactError

PLAIN_WIDTH = 120
"""Characters in a line where the output is not a terminal, which has its own."""

Format = Literal["auto", "table", "json"]

OutputFormat = Annotated[
    Format,
    typer.Option(
        "--format",
        help="How the result is written. auto: for people in a terminal, one JSON "
        "document in a pipe or a file.",
    ),
]

Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", help="Show the result alone, no stages and no progress."
    ),
]


def output_console() -> Console:
    """The console for results."""
    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)


def progress_console(output_format: Format = "auto", quiet: bool = False) -> Console:
    """The console for what is going on, apart from results for programs.

    Args:
        output_format: How the result will be written.
        quiet: Whether nothing is to be shown.
    """
    if not quiet and _is_terminal() and not wants_json(output_format):
        return output_console()
    console = Console(stderr=True, quiet=quiet)
    if console.is_terminal:
        return console
    return Console(stderr=True, quiet=quiet, width=PLAIN_WIDTH)


def wants_json(output_format: Format) -> bool:
    """Whether a result is to be one JSON document."""
    return output_format == "json" or (output_format == "auto" and not _is_terminal())


def show(result: Any, output_format: Format, *rendered: RenderableType) -> None:
    """Writes a result to standard output.

    Args:
        result: What JSON says.
        output_format: As the user wants it.
        *rendered: What people read, from top to bottom; texts are shown as they are.
    """
    if wants_json(output_format):
        text = json.dumps(_plain(result), indent=2, ensure_ascii=False, allow_nan=False)
        sys.stdout.write(f"{text}\n")
        return
    console = output_console()
    for item in rendered:
        console.print(item, highlight=False, markup=False, soft_wrap=_is_text(item))


def require_folder(output: Path | None, option: str = "--output") -> None:
    """Refuses a file that could not be written once its content is known."""
    if output is not None and not output.parent.is_dir():
        raise ArtifactError(
            f"`{option}` must name a file in an existing folder. Received: '{output}'."
        )


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _is_text(item: RenderableType) -> bool:
    return isinstance(item, str)


def _plain(value: Any) -> Any:
    """The same without what JSON has no word for."""
    match value:
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case float() if not math.isfinite(value):
            return None
        case str() | int() | float() | None:
            return value
        case _:
            return str(value)
