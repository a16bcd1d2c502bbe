"""Checks of a run on an event log: what features and tasks ask of the log."""

from mtl_rec.config.checks import suggestion
from mtl_rec.config.declared import Declared, Problem, with_paths
from mtl_rec.config.events import EventLog
from mtl_rec.config.features import Feature
from mtl_rec.config.log_columns import (
    TAKEN,
    PastEvents,
    generated_columns,
    known_columns,
)
from mtl_rec.config.sampling import SAMPLING_COLUMNS
from mtl_rec.config.tasks import Task


def log_problems(
    log: EventLog, features: Declared[Feature], tasks: Declared[Task]
) -> list[Problem]:
    """What features and tasks ask that the log can't give.

    Args:
        log: The log and its rules.
        features: The features.
        tasks: The tasks.
    """
    return [
        *_clashing_columns(log),
        *_unknown_columns(log, features),
        *_unlabelled_tasks(log, tasks),
        *_problems_of_negatives(log, features, tasks),
    ]


def _clashing_columns(log: EventLog) -> list[Problem]:
    names = [*known_columns(log), *log.labels, *TAKEN, *SAMPLING_COLUMNS]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if not repeated:
        return []
    text = f"columns must not be called like those made of the log: {repeated}."
    return [("data.source", text)]


def _unknown_columns(log: EventLog, features: Declared[Feature]) -> list[Problem]:
    known = known_columns(log)
    problems = []
    for path, feature in with_paths("features", features):
        if feature.source_column not in known:
            text = (
                f"no column '{feature.source_column}' is in the log or made of it."
                f"{suggestion(feature.source_column, known)} `mtl-rec prepare CONFIG "
                "--columns` lists those that are."
            )
            problems.append((path, text))
    return problems


def _unlabelled_tasks(log: EventLog, tasks: Declared[Task]) -> list[Problem]:
    problems = []
    for path, task in with_paths("tasks", tasks):
        if task.kind != "binary":
            text = "must be binary: a log says what happened, not what it was worth."
            problems.append((f"{path}.kind", f"{text} Received: {task.kind}."))
        elif task.label_column not in log.labels:
            text = (
                f"must have a rule in `data.source.labels`. Received: no rule for "
                f"'{task.label_column}'.{suggestion(task.label_column, log.labels)}"
            )
            problems.append((path, text))
    return problems


def _problems_of_negatives(
    log: EventLog, features: Declared[Feature], tasks: Declared[Task]
) -> list[Problem]:
    if log.negatives is None:
        return []
    problems = []
    roots = [task.name for _, task in with_paths("tasks", tasks) if task.after is None]
    if len(roots) > 1:
        text = (
            "must have one task without `after` where `data.source.negatives` are "
            "drawn: the correction of the base rate is exact for one root. "
            f"Received: {roots}."
        )
        problems.append(("tasks", text))
    for name, label in log.labels.items():
        if label.same != "item":
            text = (
                "must be `item` where `data.source.negatives` are drawn: their labels "
                f"are all 0, which cannot be said of a whole {label.same}."
            )
            problems.append((f"data.source.labels.{name}.same", text))
    made = generated_columns(log)
    for path, feature in with_paths("features", features):
        recipe = made.get(feature.source_column)
        if isinstance(recipe, PastEvents) and recipe.with_ == "item":
            text = (
                f"'{feature.source_column}' is zero or missing on every sampled "
                "negative, an item that the user had not touched: the model would "
                "tell them by it. Remove the feature."
            )
            problems.append((path, text))
    return problems
