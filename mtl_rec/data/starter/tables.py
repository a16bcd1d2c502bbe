"""A starter config for a table of labelled exposures."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from pydantic import TypeAdapter

from mtl_rec.config.features import Feature
from mtl_rec.data.starter.draft import Draft, Guess, Line, listed
from mtl_rec.data.starter.feature_lines import FeatureLines
from mtl_rec.data.starter.labels import Label, nearly_parent_of, parent_of
from mtl_rec.data.starter.profile import Column
from mtl_rec.data.starter.proving import choose_split
from mtl_rec.data.starter.roles import Roles
from mtl_rec.data.starter.table_splits import split_candidates
from mtl_rec.errors import SchemaError


def draft_table(
    source: dict[str, Any],
    columns: Sequence[Column],
    roles: Roles,
    labels: Sequence[Label],
    excluded: Sequence[str],
) -> Draft:
    """Features, tasks and split of a table.

    Args:
        source: `data.source`.
        columns: All of the data.
        roles: Which of them make an exposure.
        labels: What is to be predicted.
        excluded: Columns that the user leaves out.

    Raises:
        SchemaError: No label can be learned, or no column is a feature.
    """
    draft = Draft(source=source)
    kept = _add_tasks(draft, labels)
    tasks = [label.task for label in kept]
    rows = pa.table({column.name: column.values for column in columns})
    lines = FeatureLines(draft, roles, rows, tasks)
    answers = {label.column.name for label in labels}
    time = roles.time.name if roles.time else None
    candidates = split_candidates(columns, roles)
    # What says which part a row is of says nothing else.
    answers |= {split["column"] for split, _ in candidates if split["kind"] == "column"}
    # Ids come first: lists share their vocabularies.
    ids = [role.column for role in (roles.user, roles.item) if role]
    others = [column for column in columns if column not in ids]
    for column in (*ids, *others):
        if column.name in excluded:
            draft.leave_out(column.name, "--exclude")
        elif column.name not in answers and column.name != time:
            lines.add(column)
    if not draft.features:
        raise SchemaError(
            "At least one column must be a feature. Received: "
            f"{listed([f'{n} ({why})' for n, why in draft.left_out.items()])}."
        )
    _suggest_values(draft, columns, kept)
    features = TypeAdapter(list[Feature]).validate_python(
        [line.settings for line in draft.features]
    )
    draft.split, why, problem = choose_split(candidates, rows, features, tasks)
    draft.comments["split"] = why
    if problem:
        draft.notes.append(f"Training will stop on these rows: {problem}")
    if roles.time:
        taken = "time of the split" if time == draft.split.get("column") else "a time"
        draft.guesses.append(Guess(roles.time.name, taken, roles.time.why))
    return draft


def _add_tasks(draft: Draft, labels: Sequence[Label]) -> list[Label]:
    """Writes the funnel; returns the labels that can be learned."""
    kept: list[Label] = []
    for label in labels:
        known = f"{label.rate:.2%} of rows" if label.is_event else "a value"
        if label.is_rare:
            why = f"{known}: too few, or too many, to learn and judge"
            draft.tasks.append(Line(_settings(label.task, None), why, is_active=False))
            draft.guesses.append(Guess(label.column.name, "label, left out", why))
            continue
        parent = parent_of(label, kept) if label.is_event else None
        why = [known]
        near = None if parent or not label.is_event else nearly_parent_of(label, kept)
        if near is not None:
            other, rows = near
            why.append(f"on {rows:,} rows without {other.task.name}, so not after it")
        elif parent is not None:
            why.append(f"never without {parent.task.name}")
        after = parent.task.name if parent else None
        label = _with_parent(label, after)
        kept.append(label)
        draft.tasks.append(Line(_settings(label.task, after), ", ".join(why)))
        taken = f"label of {label.task.name}" + (f", after {after}" if after else "")
        draft.guesses.append(Guess(label.column.name, taken, f"{label.why}; {known}"))
    if not kept:
        raise SchemaError(
            "At least one label must be 1 on some rows and 0 on others. Received: "
            f"{listed([f'{lb.column.name}, 1 on {lb.rate:.3%}' for lb in labels])}."
        )
    return kept


def _with_parent(label: Label, after: str | None) -> Label:
    task = label.task.model_copy(update={"after": after})
    return Label(label.column, task, label.values, label.why)


def _settings(task: Any, after: str | None) -> dict[str, Any]:
    settings = task.model_dump(exclude_defaults=True, exclude={"after"})
    return {**settings, "after": after} if after else settings


def _suggest_values(
    draft: Draft, columns: Sequence[Column], labels: Sequence[Label]
) -> None:
    """Offers numbers that exist where an event happened as values to predict."""
    for column in columns:
        leak = draft.leaks.get(column.name)
        told = [label for label in labels if leak and label.task.name == leak]
        if column.numbers is None or not told:
            continue
        numbers = column.numbers[told[0].values == 1]
        if told[0].is_event and bool((numbers > 0).all()):
            settings = {"name": column.name, "after": leak, "kind": "regression"}
            why = "a value of it: predicted as an expectation over all exposures"
            draft.tasks.append(Line(settings, why, is_active=False))
