"""A deadline for a whole call, and the tries that fit into it."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from mtl_rec.serving.client.errors import DeadlineExceeded, Unavailable

Result = TypeVar("Result")

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0


class Deadline:
    """The moment at which an answer is too late.

    Args:
        seconds: From now.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left; below 0 if it is too late."""
        return self._end - time.monotonic()

    def require(self) -> float:
        """Seconds that are left.

        Raises:
            DeadlineExceeded: None are.
        """
        seconds = self.left()
        if seconds <= 0:
            raise DeadlineExceeded(
                f"There was no answer within {self._seconds:g} s.", "DEADLINE_EXCEEDED"
            )
        return seconds


async def with_retries(
    attempt: Callable[[float], Awaitable[Result]], retries: int, deadline: Deadline
) -> Result:
    """Tries again where nobody answered, after growing pauses of random length.

    Args:
        attempt: One try, given the seconds that are left.
        retries: Tries after the first.
        deadline: Of all of them together.

    Raises:
        Unavailable: After the last try, or where no time is left for another.
        DeadlineExceeded: No time was left at all.
    """
    number = 0
    while True:
        try:
            return await attempt(deadline.require())
        except Unavailable as error:
            pause = min(_FIRST_PAUSE_SECONDS * 2**number, _LONGEST_PAUSE_SECONDS)
            # Clients that failed together must not come back together.
            pause *= random.uniform(0.5, 1.5)
            if number == retries or deadline.left() < pause:
                message = f"{error} Tries: {number + 1}."
                raise Unavailable(message, error.status) from error
        await asyncio.sleep(pause)
        number += 1


async def gathered(
    calls: Iterable[Callable[[], Awaitable[Result]]], at_once: int
) -> list[Result]:
    """Results in the order of the calls; the first failure ends the others.

    Args:
        calls: What to do.
        at_once: How many of them run at a time.
    """
    free = asyncio.Semaphore(at_once)

    async def run(call: Callable[[], Awaitable[Result]]) -> Result:
        async with free:
            return await call()

    tasks = [asyncio.ensure_future(run(call)) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
