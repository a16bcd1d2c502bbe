"""Sampled negatives: the names that mark them, and the funnel that they need."""

from collections.abc import Iterable

from mtl_rec.config.declared import Declared, Problem, with_paths
from mtl_rec.config.features import Feature
from mtl_rec.config.tasks import Task

IS_SAMPLED = "is_sampled"
"""Column that says whether a row is a sampled negative."""

LOG_SAMPLING_RATE = "log_sampling_rate"
"""Column of the log of how often such a candidate is drawn over how often it occurs."""

SAMPLING_COLUMNS = (IS_SAMPLED, LOG_SAMPLING_RATE)

SAMPLING_OFFSET = "sampling_offset"
"""The model's input that corrects the first event's logit in training."""


def first_event(tasks: Iterable[Task]) -> Task | None:
    """The event that all others follow; None where it is a value or there are more."""
    roots = [task for task in tasks if task.after is None]
    return roots[0] if [root.kind for root in roots] == ["binary"] else None


def sampling_problems(
    features: Declared[Feature], tasks: Declared[Task], kept_negatives: float | None
) -> list[Problem]:
    """Features and tasks that do not go with sampled negatives.

    Args:
        features: The features.
        tasks: The tasks.
        kept_negatives: Of a table that was thinned.
    """
    known = with_paths("tasks", tasks)
    problems = []
    for path, owner in (*with_paths("features", features), *known):
        if owner.name in SAMPLING_COLUMNS:
            text = (
                f"must not be one of {list(SAMPLING_COLUMNS)}, which say how rows were "
                f"sampled. Received: '{owner.name}'."
            )
            problems.append((f"{path}.name", text))
    declared = [task for _, task in known]
    is_sure = len(known) == len(tasks) > 0
    if kept_negatives is not None and is_sure and first_event(declared) is None:
        roots = [task.name for task in declared if task.after is None]
        text = (
            "needs exactly one task without `after`, and that an event: the exposures "
            f"without it are those that were thinned. Received: {roots}."
        )
        problems.append(("data.source.kept_negatives", text))
    return problems
