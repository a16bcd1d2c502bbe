"""A bar while an epoch runs, a line when it is done."""

import atexit
import math
import re
import time
from typing import Any

import keras
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)


class EpochProgress(keras.callbacks.Callback):
    """Shows the running loss, then each epoch's loss and validation metrics.

    Args:
        console: Where to write; without a terminal only the lines are written.
    """

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self._progress: Progress | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """To go on in another process, on the terminal that it has from this one."""
        console = self._console
        width = None if console.is_terminal else console.width
        return _on_own_console, (width, console.stderr, console.quiet)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self._started = time.perf_counter()
        self._progress = Progress(
            TextColumn(f"epoch {epoch + 1}/{self.params['epochs']}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("loss {task.fields[loss]:.4f}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._bar = self._progress.add_task(
            "", total=self.params["steps"], loss=float("nan")
        )
        self._progress.start()

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Called by Keras."""
        if self._progress is not None and logs and self._console.is_terminal:
            self._progress.update(self._bar, completed=batch + 1, loss=logs["loss"])

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self.close()
        logs = logs or {}
        shown = [f"loss {logs.get('loss', float('nan')):.4f}"]
        shown += [
            f"{name.removeprefix('val_').replace('_', ' ')} {_written(value)}"
            for name, value in logs.items()
            if name == "val_loss" or re.search(r"_(auc|rmse|recall_\d+)$", name)
        ]
        seconds = time.perf_counter() - self._started
        self._console.print(
            f"epoch {epoch + 1}/{self.params['epochs']}  "
            + "  ".join(shown).replace("  loss ", "  val loss ", 1)
            + f"  [dim]{seconds:.1f} s[/dim]",
            highlight=False,
            soft_wrap=True,
        )

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self.close()

    def close(self) -> None:
        """Ends the bar, as an interruption does not; the terminal's cursor is shown."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


def _on_own_console(width: int | None, stderr: bool, quiet: bool) -> EpochProgress:
    progress = EpochProgress(Console(width=width, stderr=stderr, quiet=quiet))
    # Nobody there closes it, should it be interrupted.
    atexit.register(progress.close)
    return progress


def _written(value: float) -> str:
    """A metric that no rows define, as AUC without a positive, is no number."""
    return "undefined" if math.isnan(value) else f"{value:.4f}"
