"""Rules that span features, tasks and sections; each names the YAML path it broke."""

import difflib
from collections.abc import Iterable
from typing import Literal

from mtl_rec.config.declared import (
    Declared,
    Problem,
    by_name,
    is_unsure,
    repeated_names,
    with_paths,
)
from mtl_rec.config.encoder_checks import encoder_problems
from mtl_rec.config.fallback_checks import fallback_problems
from mtl_rec.config.feature_section import SIDES
from mtl_rec.config.features import (
    EmbeddedFeature,
    Feature,
    Hashed,
    Numeric,
    Text,
    Vector,
    is_by_row,
)
from mtl_rec.config.sampling import (
    SAMPLING_COLUMNS,
    SAMPLING_OFFSET,
    sampling_problems,
)
from mtl_rec.config.served_names import NUMBERS, STRINGS
from mtl_rec.config.tasks import Task

RESERVED_NAMES = {f"{side}_{pack}" for side in SIDES for pack in ("ids", "numbers")}
# `request_of_row` is an input of batches alone, which models without a schema take too;
# the last two are inputs of the signature that packs features.
RESERVED_NAMES |= {"self", SAMPLING_OFFSET, "request_of_row", STRINGS, NUMBERS}


def find_problems(
    features: Declared[Feature],
    tasks: Declared[Task],
    metric: str | None,
    kept_negatives: float | None = None,
) -> list[Problem]:
    """What sections that are each right on their own do wrong together.

    Args:
        features: The features.
        tasks: The tasks.
        metric: What early stopping watches; None if that is not known.
        kept_negatives: Of a table that was thinned.
    """
    return [
        *feature_problems(features),
        *encoder_problems(features),
        *fallback_problems(features),
        *task_problems(tasks),
        *name_clashes(features, tasks),
        *sampling_problems(features, tasks, kept_negatives),
        *(unknown_metric(metric, tasks) if metric else []),
    ]


def feature_problems(features: Declared[Feature]) -> list[Problem]:
    """Features that are each right on their own but not together."""
    if not features:
        return [("features", "must have at least one feature. Received: none.")]
    named = by_name(features)
    problems = repeated_names("features", features)
    for path, feature in with_paths("features", features):
        if feature.name in RESERVED_NAMES:
            text = (
                f"must not be one of {sorted(RESERVED_NAMES)}, which the model uses "
                f"itself. Received: '{feature.name}'."
            )
            problems.append((f"{path}.name", text))
        base = feature.name.removesuffix("_is_missing")
        if base != feature.name and _is_number(feature) and _is_number(named.get(base)):
            text = (
                f"must not be '{feature.name}', which tells the model that '{base}' is "
                "missing."
            )
            problems.append((f"{path}.name", text))
        if isinstance(feature, EmbeddedFeature) and feature.shares is not None:
            if feature.shares in named or is_unsure(features):
                text = _sharing_problem(feature, named.get(feature.shares))
            else:
                text = f"must name a feature. Received: '{feature.shares}'."
                text += suggestion(feature.shares, named)
            problems += [(f"{path}.shares", text)] if text else []
    return problems


def _is_number(feature: Feature | None) -> bool:
    """Whether the model sees it as a number, which may be missing."""
    return isinstance(feature, Numeric) and feature.transform != "quantiles"


def _sharing_problem(feature: EmbeddedFeature, owner: Feature | None) -> str | None:
    if owner is None:
        return None
    if owner is feature or getattr(owner, "shares", None) is not None:
        return (
            "must name a feature that has a vocabulary of its own. Received: "
            f"'{owner.name}', which shares '{getattr(owner, 'shares', None)}'."
        )
    if is_by_row(owner):
        return (
            "must name a feature whose values are ids. Received: "
            f"'{owner.name}', of which rows have vectors. Give it a `path`."
        )
    if not isinstance(owner, EmbeddedFeature | Vector) or (
        isinstance(owner, Text) != isinstance(feature, Text)
    ):
        return (
            "must name a feature with values of the same sort. Received: "
            f"'{owner.name}', which is {owner.kind}, for one that is "
            f"{getattr(feature, 'kind', None)}."
        )
    if isinstance(feature, Hashed) and (
        not isinstance(owner, Hashed) or owner.num_buckets != feature.num_buckets
    ):
        return (
            "must name a hashed feature with the same `num_buckets`. "
            f"Received: '{owner.name}'."
        )
    return None


def task_problems(tasks: Declared[Task]) -> list[Problem]:
    """Tasks that are each right on their own but not together."""
    if not tasks:
        return [("tasks", "must have at least one task. Received: none.")]
    named = by_name(tasks)
    problems = repeated_names("tasks", tasks)
    declared = [name for name, task in named.items() if task is None]
    for path, task in with_paths("tasks", tasks):
        parent = named.get(task.after) if task.after else None
        is_later = task.after in named or not is_unsure(tasks)
        if task.after and task.after not in declared and is_later:
            text = (
                f"must name an earlier task. Received: '{task.after}'. Declared before "
                f"it: {sorted(declared)}.{suggestion(task.after, declared)}"
            )
            problems.append((f"{path}.after", text))
        elif parent is not None and parent.kind != "binary":
            text = (
                "must name an event; nothing follows a value. Received: "
                f"'{parent.name}', which is a {parent.kind}."
            )
            problems.append((f"{path}.after", text))
        if "_given_" in task.name:
            text = (
                "must not contain `_given_`, which names conditional outputs. "
                f"Received: '{task.name}'."
            )
            problems.append((f"{path}.name", text))
        if task.after is None and task.train_on == "parent":
            text = "must be `exposures` for a task without `after`. Received: parent."
            problems.append((f"{path}.train_on", text))
        declared.append(task.name)
    return problems


def name_clashes(features: Declared[Feature], tasks: Declared[Task]) -> list[Problem]:
    """Features that give a label away, or are called like a task."""
    labels = {task.label_column: task.name for _, task in with_paths("tasks", tasks)}
    answers = dict.fromkeys(SAMPLING_COLUMNS, "which says how rows were sampled")
    answers |= {c: f"the label of task '{task}'" for c, task in labels.items()}
    problems = []
    for path, feature in with_paths("features", features):
        if feature.source_column in answers:
            text = (
                f"feature '{feature.name}' reads column '{feature.source_column}', "
                f"{answers[feature.source_column]}. The model would see the answer. "
                "Remove the feature."
            )
            problems.append((path, text))
        elif feature.name in labels.values():
            text = f"must differ from the names of tasks. Received: '{feature.name}'."
            problems.append((f"{path}.name", text))
    return problems


def unknown_metric(metric: str, tasks: Declared[Task]) -> list[Problem]:
    """A metric to stop on that no epoch reports."""
    known = [task for _, task in with_paths("tasks", tasks)]
    allowed = monitored_metrics(known)
    if metric in allowed or len(known) < len(tasks):
        return []
    text = f"must be one of {allowed}. Received: '{metric}'."
    return [("training.early_stopping.metric", text + suggestion(metric, allowed))]


def monitored_metrics(tasks: Iterable[Task]) -> list[str]:
    """Names of the validation metrics every epoch reports."""
    names = ["val_loss"]
    for task in tasks:
        names.append(f"val_{task.name}_loss")
        names.append(f"val_{task.name}_{'auc' if task.kind == 'binary' else 'rmse'}")
    return names


def mode_of(metric: str) -> Literal["max", "min"]:
    """`max` for AUC, `min` for losses and errors."""
    return "max" if metric.endswith("_auc") else "min"


def suggestion(received: str, allowed: Iterable[str]) -> str:
    """` Did you mean 'x'?`, or nothing if nothing is near."""
    near = difflib.get_close_matches(received, list(allowed), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""
