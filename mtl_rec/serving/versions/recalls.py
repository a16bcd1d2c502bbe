"""The recall of two retrieval versions, each on the test rows of its own run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_RECALL = "recall@"


@dataclass(frozen=True)
class RecallComparison:
    """Recall on the first places of lists, of both versions.

    Attributes:
        metric: Its name, such as `recall@100`.
        new: The new version's.
        served: The served version's; None if there is none, or its manifest lacks it.
        problem: Why the new version must not be published; None if it may.
    """

    metric: str
    new: float
    served: float | None
    problem: str | None = None


def compare_recalls(
    new: Mapping[str, Any], served: Mapping[str, Any], max_loss: float
) -> list[RecallComparison]:
    """Judges every recall that the new version's manifest has.

    Args:
        new: Manifest of the new version.
        served: That of the served version; empty without one.
        max_loss: Highest loss that is let through, as a share of what is served.
    """
    before = recalls_of(served)
    return [
        RecallComparison(metric, value, before.get(metric), problem)
        for metric, value in recalls_of(new).items()
        for problem in [_problem(value, before.get(metric), max_loss)]
    ]


def recalls_of(manifest: Mapping[str, Any]) -> dict[str, float]:
    """Every `recall@k` of a manifest that is defined."""
    metrics: Mapping[str, Any] = manifest.get("metrics") or {}
    return {
        name: own["value"]
        for name, own in metrics.items()
        if name.startswith(_RECALL) and own.get("value") is not None
    }


def _problem(new: float, served: float | None, max_loss: float) -> str | None:
    if served is None or not served - new > max_loss * served:
        return None
    share = (served - new) / served
    return f"it falls by {share:.1%} of what is served, and may by {max_loss:.1%}"
