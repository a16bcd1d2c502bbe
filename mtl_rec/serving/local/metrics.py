"""Counts and durations under TensorFlow Serving's names, as Prometheus reads them."""

import bisect
import threading
from collections import defaultdict

import grpc

_PREFIX = ":tensorflow:serving:"
_BOUNDS = [10 * 1.8**exponent for exponent in range(33)]

Labels = tuple[tuple[str, str], ...]


class Histogram:
    """How many durations of a kind were at most so long."""

    def __init__(self) -> None:
        self.buckets = [0] * (len(_BOUNDS) + 1)
        self.sum_microseconds = 0.0

    def add(self, microseconds: float) -> None:
        """Counts one duration."""
        self.buckets[bisect.bisect_left(_BOUNDS, microseconds)] += 1
        self.sum_microseconds += microseconds


class Metrics:
    """What a server counts; many threads may add at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Labels, int] = defaultdict(int)
        self._latencies: dict[Labels, Histogram] = defaultdict(Histogram)

    def count_request(self, model_name: str, code: grpc.StatusCode) -> None:
        """Counts a request and how it ended.

        Args:
            model_name: That it asked for.
            code: How it ended.
        """
        with self._lock:
            self._counts[("model_name", model_name), ("status", code.name)] += 1

    def add_latency(
        self, model_name: str, api: str, entrypoint: str, seconds: float
    ) -> None:
        """Counts how long an answered request took.

        Args:
            model_name: That it asked for.
            api: What it asked for.
            entrypoint: `GRPC` or `REST`.
            seconds: From its last byte to the answer.
        """
        labels = ("model_name", model_name), ("API", api), ("entrypoint", entrypoint)
        with self._lock:
            self._latencies[labels].add(seconds * 1e6)

    def text(self) -> str:
        """Everything, in Prometheus' text format."""
        with self._lock:
            lines = [f"# TYPE {_PREFIX}request_count counter"]
            for labels, count in self._counts.items():
                lines.append(f"{_PREFIX}request_count{{{_text(labels)}}} {count}")
            lines.append(f"# TYPE {_PREFIX}request_latency histogram")
            for labels, histogram in self._latencies.items():
                lines += _histogram_lines("request_latency", labels, histogram)
        return "\n".join(lines) + "\n"


def _histogram_lines(name: str, labels: Labels, histogram: Histogram) -> list[str]:
    total, lines = 0, []
    for bound, count in zip([*_BOUNDS, None], histogram.buckets, strict=True):
        total += count
        limit = "+Inf" if bound is None else f"{bound:g}"
        bucket = _text((*labels, ("le", limit)))
        lines.append(f"{_PREFIX}{name}_bucket{{{bucket}}} {total}")
    shown = _text(labels)
    return [
        *lines,
        f"{_PREFIX}{name}_sum{{{shown}}} {histogram.sum_microseconds:g}",
        f"{_PREFIX}{name}_count{{{shown}}} {total}",
    ]


def _text(labels: Labels) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
