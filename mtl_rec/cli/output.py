"""Where commands write."""

from rich.console import Console

PLAIN_WIDTH = 120
"""Characters in a line where the output is not a terminal, which has its own."""


def output_console() -> Console:
    """The console for results."""
    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)
