"""Turn pydantic's errors into lines that name the YAML path and the way out."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from mtl_rec.config.base import Section
from mtl_rec.config.checks import find_problems, suggestion
from mtl_rec.config.data import Source
from mtl_rec.config.declared import Declared, Item, Problem, ProblemList
from mtl_rec.config.evaluation import Evaluation
from mtl_rec.config.evaluation_checks import slice_problems
from mtl_rec.config.events import EventLog
from mtl_rec.config.export import Ranking
from mtl_rec.config.export_checks import ranking_problems
from mtl_rec.config.features import Feature
from mtl_rec.config.language_model_checks import language_model_problems
from mtl_rec.config.log_checks import log_problems
from mtl_rec.config.regularizer_checks import regularizer_problems
from mtl_rec.config.retrieval import Retrieval
from mtl_rec.config.retrieval_checks import retrieval_problems
from mtl_rec.config.sections import (
    child,
    kinds_of,
    names_of,
    of_kind,
    sections_at,
    value_at,
)
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.config.wording import shown, wording

OneSection = TypeVar("OneSection", bound=Section)


def describe(error: ValidationError, settings: dict[str, Any]) -> list[str]:
    """One line a problem: the path, what is wrong there, and what was received."""
    problems: list[tuple[list[str], str]] = []
    for problem in error.errors():
        is_ours = isinstance(problem.get("ctx", {}).get("error"), ProblemList)
        if not is_ours and not _is_echo(problem):
            problems.append(_described(problem, settings))
    between = [
        *_between_sections(settings),
        *_on_log(settings),
        *_on_ranking(settings),
        *_on_slices(settings),
        *_on_training(settings),
        *_on_retrieval(settings),
    ]
    for path, text in between:
        problems.append((path.split("."), text))
    return [f"{_readable(path, settings)}: {text}" for path, text in problems]


def _is_echo(problem: Any) -> bool:
    """Whether it only says that a list is short of the items found wrong in it."""
    if problem["type"] != "too_short":
        return False
    return len(problem["input"]) >= problem["ctx"]["min_length"]


def _described(problem: Any, settings: dict[str, Any]) -> tuple[list[str], str]:
    path = _yaml_path(problem["loc"], settings)
    sections = sections_at(settings, path)
    match problem["type"]:
        case "extra_forbidden":
            *parent, name = path
            owners = of_kind(sections_at(settings, parent), value_at(settings, parent))
            allowed = {name for section in owners for name in section.model_fields}
            hint = suggestion(name, allowed) or f" Allowed: {sorted(allowed)}."
            text = f"is not a setting here.{hint}"
        case "union_tag_invalid" | "union_tag_not_found":
            path = [*path, "kind"]
            kind = value_at(settings, path)
            allowed = sorted(kind for s in sections for kind in kinds_of(s))
            hint = suggestion(kind, allowed) if isinstance(kind, str) else ""
            text = f"must be one of {allowed}. Received: {shown(kind)}.{hint}"
        case "model_type" | "model_attributes_type" | "dict_type":
            value = problem["input"]
            text = f"must hold settings by name. Received: {shown(value)}."
            if any(value in kinds_of(section) for section in sections):
                text += f" Did you mean {{kind: {value}}}?"
        case _:
            text = wording(problem)
    return path, text


def _yaml_path(location: Sequence[Any], settings: dict[str, Any]) -> list[str]:
    """Pydantic's location without the `kind` it puts between a section and its key."""
    path: list[str] = []
    value: Any = settings
    is_past_kind = False
    for step in location:
        is_kind = isinstance(value, dict) and value.get("kind") == step
        if is_kind and not is_past_kind and len(sections_at(settings, path)) > 1:
            is_past_kind = True
            continue
        path.append(str(step))
        value = child(value, str(step))
        is_past_kind = False
    return path


def _between_sections(settings: dict[str, Any]) -> list[Problem]:
    """What pydantic looks for only once every section is right on its own."""
    metric = value_at(settings, ["training", "early_stopping", "metric"])
    kept = value_at(settings, ["data", "source", "kept_negatives"])
    return find_problems(
        _declared(settings.get("features"), TypeAdapter(Feature)),
        _declared(settings.get("tasks"), TypeAdapter(Task)),
        metric if isinstance(metric, str) else None,
        kept if isinstance(kept, float) else None,
    )


def _on_log(settings: dict[str, Any]) -> list[Problem]:
    """What features and tasks ask of an event log that is right on its own."""
    source = value_at(settings, ["data", "source"])
    try:
        log = TypeAdapter(Source).validate_json(json.dumps(source), strict=True)
    except ValidationError:
        return []
    features = _declared(settings.get("features"), TypeAdapter(Feature))
    tasks = _declared(settings.get("tasks"), TypeAdapter(Task))
    return log_problems(log, features, tasks) if isinstance(log, EventLog) else []


def _on_ranking(settings: dict[str, Any]) -> list[Problem]:
    """What the score names that is not there."""
    ranking = _section(settings, ["export", "ranking"], Ranking)
    features = _declared(settings.get("features"), TypeAdapter(Feature))
    tasks = _declared(settings.get("tasks"), TypeAdapter(Task))
    return ranking_problems(ranking, features, tasks)


def _on_slices(settings: dict[str, Any]) -> list[Problem]:
    """What is to be sliced by and is not there."""
    features = _declared(settings.get("features"), TypeAdapter(Feature))
    return slice_problems(_section(settings, ["evaluation"], Evaluation), features)


def _on_training(settings: dict[str, Any]) -> list[Problem]:
    """What it can't do with these features, and features that are not there."""
    features = _declared(settings.get("features"), TypeAdapter(Feature))
    training = _section(settings, ["training"], Training)
    return [
        *regularizer_problems(training, features),
        *language_model_problems(training, features),
    ]


def _on_retrieval(settings: dict[str, Any]) -> list[Problem]:
    """What it names that is not there."""
    retrieval = _section(settings, ["retrieval"], Retrieval)
    features = _declared(settings.get("features"), TypeAdapter(Feature))
    tasks = _declared(settings.get("tasks"), TypeAdapter(Task))
    return retrieval_problems(retrieval, features, tasks)


def _section(
    settings: dict[str, Any], path: Sequence[str], kind: type[OneSection]
) -> OneSection | None:
    """One section, its defaults where it is not given; None if it is wrong itself."""
    given = value_at(settings, path) or {}
    try:
        return kind.model_validate_json(json.dumps(given), strict=True)
    except ValidationError:
        return None


def _declared(items: Any, kind: TypeAdapter[Item]) -> Declared[Item]:
    if not isinstance(items, list):
        return [None]
    declared: list[Item | str | None] = []
    for item, name in zip(items, names_of(items), strict=True):
        try:
            declared.append(kind.validate_json(json.dumps(item), strict=True))
        except ValidationError:
            declared.append(name if isinstance(name, str) else None)
    return declared


def _readable(path: Sequence[str], settings: dict[str, Any]) -> str:
    """The path with list items by their names, where these tell them apart."""
    steps: list[str] = []
    value: Any = settings
    for step in path:
        names = names_of(value) if isinstance(value, list) else []
        name = names[int(step)] if names else None
        if isinstance(name, str) and name.isidentifier() and names.count(name) == 1:
            steps.append(name)
        else:
            # A line break in a key must not look like another problem.
            steps.append(step if step.isprintable() and step else repr(step))
        value = child(value, step)
    return ".".join(steps) or "file"
