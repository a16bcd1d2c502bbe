"""What a server looks at while it runs: folders of versions, and its config."""

import logging
import threading
from collections.abc import Callable

_logger = logging.getLogger(__name__)


class Polling:
    """Calls a function again and again, in a thread of its own.

    Args:
        look: What to call. What it raises is logged, and it is called again.
        seconds: Between two calls.
        name: Of the thread.
    """

    def __init__(self, look: Callable[[], None], seconds: float, name: str) -> None:
        self._look = look
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it after the call under way."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                self._look()
            except Exception:
                # A server that no longer looks would serve old versions for ever.
                _logger.exception("A look at what to serve failed; it goes on.")
