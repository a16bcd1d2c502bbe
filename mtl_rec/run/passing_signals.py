"""Interruptions reach the process that works, not only the one that waits for it."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PASSED_ON = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def signals_passed_on(process: subprocess.Popen) -> Iterator[None]:
    """While active, SIGINT and SIGTERM go to a process that the body waits for.

    It may finish what it does in its own way. Afterwards they have in this process the
    effect that they would have had. Outside the main thread, where Python takes no
    signals, nothing is passed on.

    Args:
        process: In a group of its own; it is ended if the body fails.
    """
    received: list[int] = []

    def pass_on(number: int, frame: object) -> None:
        received.append(number)
        process.send_signal(number)

    is_main = threading.current_thread() is threading.main_thread()
    earlier = {n: signal.signal(n, pass_on) for n in PASSED_ON if is_main}
    try:
        yield
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for number, handler in earlier.items():
            signal.signal(number, handler)
        if received:
            os.kill(os.getpid(), received[0])
