"""The same work on several groups of users at a time."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

# Each holds a group in memory; the work is bound by memory, too, from a few on.
MAX_THREADS = 8


def in_parallel(
    work: Callable[[int], Result], numbers: Sequence[int]
) -> Iterator[Result]:
    """Results in the order of the numbers, worked out no further ahead than needed."""
    num_threads = min(os.cpu_count() or 1, MAX_THREADS)
    with ThreadPoolExecutor(num_threads) as pool:
        waiting = [pool.submit(work, number) for number in numbers[:num_threads]]
        for ahead in range(num_threads, num_threads + len(numbers)):
            yield waiting.pop(0).result()
            if ahead < len(numbers):
                waiting.append(pool.submit(work, numbers[ahead]))
