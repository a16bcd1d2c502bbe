"""Where commands write."""

from pathlib import Path

from rich.console import Console

from mtl_rec.errors import ArtifactError

PLAIN_WIDTH = 120
"""Characters in a line where the output is not a terminal, which has its own."""


def output_console() -> Console:
    """The console for results."""
    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)


def require_folder(output: Path | None) -> None:
    """Refuses a file that could not be written once its content is known."""
    if output is not None and not output.parent.is_dir():
        raise ArtifactError(
            f"`--output` must name a file in an existing folder. Received: '{output}'."
        )
