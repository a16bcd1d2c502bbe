"""What the program is doing now, and how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


class Stages:
    """Shows a spinner while a stage runs and a line when it is done."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def __call__(self, text: str) -> Iterator[None]:
        """Runs the body of a `with` as one stage."""
        started = time.perf_counter()
        with self._console.status(f"{text} ..."):
            yield
        seconds = time.perf_counter() - started
        self._console.print(f"{text}  [dim]{seconds:.1f} s[/dim]", highlight=False)
