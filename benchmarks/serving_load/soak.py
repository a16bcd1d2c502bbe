"""Requests for a while: does the server's memory grow?"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from serving_load.memory import resident_mib


class SoakReport(NamedTuple):
    requests: int
    errors: list[str]
    rss_start_mib: float
    rss_end_mib: float
    slope_mib_per_minute: float


def soak(
    send: Callable[[], object],
    process_id: int,
    seconds: float,
    samples: int = 60,
    warm_up_seconds: float = 5.0,
) -> SoakReport:
    """Sends one request after the other and samples the server's memory.

    Args:
        send: One request; what it raises is counted.
        process_id: The server's process.
        seconds: How long.
        samples: Of its memory, at equal distances.
        warm_up_seconds: Before the first sample.
    """
    requests, errors = _send_for(send, warm_up_seconds)
    times, memory = [0.0], [resident_mib(process_id)]
    started = time.perf_counter()
    for _ in range(samples):
        more, wrong = _send_for(send, seconds / samples)
        requests, errors = requests + more, errors + wrong
        times.append((time.perf_counter() - started) / 60)
        memory.append(resident_mib(process_id))
    slope = float(np.polyfit(times, memory, 1)[0])
    return SoakReport(requests, errors, memory[0], memory[-1], slope)


def _send_for(send: Callable[[], object], seconds: float) -> tuple[int, list[str]]:
    requests, errors = 0, []
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        requests += 1
        try:
            send()
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
    return requests, errors
