"""What the program is doing now, and how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from mtl_rec.data.events.progress import Progress


class Stages:
    """Shows a spinner while a stage runs and a line when it is done."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def __call__(self, text: str) -> Iterator[Progress]:
        """Runs the body of a `with` as one stage, which may tell how far it is."""
        started = time.perf_counter()
        with self._console.status(f"{text} ...") as status:

            def show(what: str, done: int, total: int | None) -> None:
                of_total = f" of {total:,}" if total else ""
                status.update(f"{text}: {what}, {done:,}{of_total} ...")

            yield show
        seconds = time.perf_counter() - started
        # What takes no time is something to know, not something that was done.
        took = f"  [dim]{seconds:.1f} s[/dim]" if seconds >= 0.05 else ""
        self._console.print(f"{text}{took}", highlight=False)
