"""An event loop in a thread of its own, for callers that have none."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

Result = TypeVar("Result")


class LoopThread:
    """Runs coroutines for other threads, until it is stopped."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        self._is_stopped = False
        # A process that forgets to close its client must still be able to end.
        self._thread = threading.Thread(
            target=self._run_loop, name="mtl-rec-client", daemon=True
        )
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """What a coroutine returns; an interruption of the caller ends it.

        Raises:
            RuntimeError: The thread has ended, or belongs to the parent process.
        """
        future = self._start(coroutine)
        if future is None:
            coroutine.close()
            raise RuntimeError(
                "This client is closed, or was made before the process was forked: "
                "make one in each process."
            )
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def stop(self, last: Coroutine[Any, Any, None]) -> None:
        """Ends what is running, then the thread.

        Args:
            last: What to do before it ends.
        """
        if not self._thread.is_alive():
            last.close()
            return
        with self._lock:
            self._is_stopped = True
            asyncio.run_coroutine_threadsafe(self._end(last), self._loop)
        # Garbage is collected in any thread, this one too.
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _start(self, coroutine: Coroutine[Any, Any, Result]) -> Future[Result] | None:
        # A lock that was held while the process was forked stays so: look first.
        if not self._thread.is_alive():
            return None
        with self._lock:
            if self._is_stopped:
                return None
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def _run_loop(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    async def _end(self, last: Coroutine[Any, Any, None]) -> None:
        try:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await last
        finally:
            self._loop.stop()
