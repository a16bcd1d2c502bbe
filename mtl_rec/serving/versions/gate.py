"""The quality gate: a new version beside the one that is served."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from mtl_rec.config.served_names import RETRIEVAL
from mtl_rec.errors import ArtifactError
from mtl_rec.evaluation.report import Metrics
from mtl_rec.export.manifest import known_of
from mtl_rec.export.scoring import open_version
from mtl_rec.serving.versions.comparing import score_rows
from mtl_rec.serving.versions.recalls import RecallComparison, compare_recalls
from mtl_rec.serving.versions.signature_changes import signature_changes
from mtl_rec.serving.versions.stored_numbers import weights_not_finite
from mtl_rec.serving.versions.thresholds import GateThresholds


@dataclass(frozen=True)
class TaskComparison:
    """One task of both versions on the same rows.

    Attributes:
        task: Its name.
        new: The new version's metrics.
        served: The served version's; None if there is none, or it lacks the task.
        problem: Why the new version must not be published; None if it may.
        note: Why the task was not judged; None if it was.
    """

    task: str
    new: dict[str, Any]
    served: dict[str, Any] | None
    problem: str | None = None
    note: str | None = None

    @property
    def auc_change(self) -> float | None:
        """AUC of the new version less that of the served one, if both have one."""
        new, served = self.new.get("auc"), (self.served or {}).get("auc")
        return None if new is None or served is None else new - served


@dataclass(frozen=True)
class GateReport:
    """What the gate saw.

    Attributes:
        served: Number of the version that was compared with; None for a first one.
        tasks: The comparisons; none without labelled rows.
        changes: Differences of the signatures.
        problems: Why the new version must not be published; none if it may.
        recalls: The comparisons of a retrieval version, from its manifest; None of a
            version that ranks.
    """

    served: int | None
    tasks: list[TaskComparison]
    changes: list[str]
    problems: list[str]
    recalls: list[RecallComparison] | None = None


def compare(
    new: Path,
    served: tuple[int, Path] | None,
    rows: Iterable[pa.Table] | None,
    thresholds: GateThresholds,
    *,
    allow_schema_change: bool = False,
) -> GateReport:
    """Judges a version that was verified.

    Args:
        new: The version.
        served: Number and directory of the version that users get; None without one.
        rows: Labelled rows in chunks; None compares no quality.
        thresholds: What is let through.
        allow_schema_change: Whether inputs and outputs may differ.

    Raises:
        SchemaError: The rows contradict a version's schema.
        ArtifactError: A version can't be loaded, or there are rows for one that
            retrieves.
    """
    manifest = known_of(new)
    retrieves = manifest.get("kind") == RETRIEVAL
    if retrieves and rows is not None:
        raise ArtifactError(
            f"'{new}' retrieves items, which labelled rows can't judge: its recall is "
            "in its manifest. Publish it without --data."
        )
    changes = [] if served is None else signature_changes(served[1], new)
    problems = [
        f"{count:,} values of the weight '{name}' are not finite"
        for name, count in weights_not_finite(new).items()
    ]
    if not allow_schema_change:
        problems += changes
    tasks: list[TaskComparison] = []
    if rows is not None and not problems:
        tasks, problems = _compare_quality(new, served and served[1], rows, thresholds)
    recalls: list[RecallComparison] | None = [] if retrieves else None
    if retrieves and not problems:
        before = {} if served is None else known_of(served[1])
        recalls = compare_recalls(manifest, before, thresholds.max_recall_loss)
        problems += [f"'{r.metric}': {r.problem}" for r in recalls if r.problem]
    number = None if served is None else served[0]
    return GateReport(number, tasks, changes, problems, recalls)


def _compare_quality(
    new: Path,
    served: Path | None,
    rows: Iterable[pa.Table],
    thresholds: GateThresholds,
) -> tuple[list[TaskComparison], list[str]]:
    paths = [new] if served is None else [new, served]
    scored, *others = score_rows([open_version(path) for path in paths], rows)
    not_finite = [
        f"{count:,} predictions of '{name}' are not finite"
        for name, count in scored.not_finite().items()
    ]
    if not_finite:
        return [], not_finite
    # A served version that is broken already is no bar to one that is not.
    before = others[0].metrics if others and not others[0].not_finite() else {}
    tasks = [
        judge(task, scored.metrics, before, thresholds)
        for task in scored.exposures.schema.funnel.names
    ]
    return tasks, [f"'{t.task}': {t.problem}" for t in tasks if t.problem]


def judge(
    task: str, new: Metrics, served: Metrics, thresholds: GateThresholds
) -> TaskComparison:
    """Holds one task of a new version to the thresholds.

    Args:
        task: Its name.
        new: Metrics of the new version.
        served: Metrics of the served version; may lack the task.
        thresholds: What is let through.
    """
    comparison = TaskComparison(task, new[task], served.get(task))
    problem, note = None, None
    positives = new[task].get("positives")
    if positives is None:
        note = "a value: not judged"
    elif positives < thresholds.min_positives:
        note = f"{positives:,} positives: not judged"
    else:
        problem = _problem(comparison, thresholds)
    return TaskComparison(task, new[task], served.get(task), problem, note)


def _problem(comparison: TaskComparison, thresholds: GateThresholds) -> str | None:
    found = []
    drop = -(comparison.auc_change or 0.0)
    if drop > thresholds.max_auc_drop:
        found.append(
            f"the AUC falls by {drop:.4f}, and may by {thresholds.max_auc_drop:g}"
        )
    ratio = comparison.new["calibration_ratio"]
    if ratio is not None and abs(ratio - 1) > thresholds.max_calibration_error:
        found.append(
            f"the mean prediction is {ratio:.3f} times the observed rate, and may be "
            f"off by {thresholds.max_calibration_error:g}"
        )
    return "; ".join(found) or None
