"""A starter config for a log of events."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pydantic import TypeAdapter

from mtl_rec.config.events import Events
from mtl_rec.config.features import Feature
from mtl_rec.config.tasks import Task
from mtl_rec.data.events import build_exposures
from mtl_rec.data.starter.draft import Draft, Guess, Line, listed
from mtl_rec.data.starter.labels import FEWEST
from mtl_rec.data.starter.log_attributes import find_attributes
from mtl_rec.data.starter.log_events import LogEvents, read_event_types, unknown_words
from mtl_rec.data.starter.log_features import add_log_features
from mtl_rec.data.starter.log_source import log_source
from mtl_rec.data.starter.log_times import span_of
from mtl_rec.data.starter.profile import Column
from mtl_rec.data.starter.proving import choose_split
from mtl_rec.data.starter.roles import LogRoles
from mtl_rec.data.starter.side_tables import SideTableDraft, draft_side_table
from mtl_rec.data.starter.wishes import What, Wishes

FOLLOWS = 0.9
"""Share of exposures with an event that also had another, from which it follows it."""


def draft_log(
    source: dict[str, Any],
    columns: Sequence[Column],
    roles: LogRoles,
    wishes: Wishes,
) -> Draft:
    """Exposures, labels, features and split of a log.

    Args:
        source: Path and format of `data.source`.
        columns: All of the log.
        roles: Who did what with which item when.
        wishes: Columns that the user leaves out, and tables beside the log.

    Raises:
        ArtifactError: A table beside it can't be read.
        ConfigError: It has no column that is to be left out of it.
        SchemaError: No exposures can be made of the rows looked at, or a table beside
            them is of something else.
    """
    draft = Draft()
    events = read_event_types(roles.event.column)
    attributes = find_attributes(columns, roles, events, wishes.excluded)
    sides = _side_tables(draft, columns, roles, wishes)
    span = span_of(roles.seconds)
    draft.source, draft.comments = log_source(
        source, roles, attributes, sides, events, span
    )
    rows = pa.table({column.name: column.values for column in columns})
    exposures = _built(draft, rows, _tasks(events, {}))
    events = _learnable(draft, events, exposures)
    after = _order(events, exposures)
    draft.source["labels"] = events.labels(after)
    tasks = _tasks(events, after)
    _add_tasks(draft, events, tasks, exposures)
    add_log_features(draft, roles, attributes, sides, events, span)
    features = TypeAdapter(list[Feature]).validate_python(
        [line.settings for line in draft.features]
    )
    names = [feature.source_column for feature in features]
    made = _built(draft, rows, tasks, names)
    draft.split, why, problem = choose_split(_splits(span.hours), made, features, tasks)
    draft.comments["split"] = why
    if problem:
        draft.notes.append(f"Training will stop on these rows: {problem}")
    _add_guesses(draft, roles, attributes.ignored, events)
    return draft


def _side_tables(
    draft: Draft, columns: Sequence[Column], roles: LogRoles, wishes: Wishes
) -> dict[What, SideTableDraft]:
    ids = {"items": roles.item.column, "users": roles.user.column}
    taken = {column.name for column in columns}
    sides: dict[What, SideTableDraft] = {}
    for what in wishes.tables:
        sides[what] = draft_side_table(draft, wishes, what, ids[what], taken)
        taken |= set(sides[what].settings["columns"])
    return sides


def _tasks(events: LogEvents, after: Mapping[str, str]) -> list[Task]:
    deeper = [Task(name=n, after=after.get(n, events.root)) for n in events.deeper]
    return [Task(name=events.root), *deeper]


def _built(
    draft: Draft, rows: pa.Table, tasks: Sequence[Task], columns: Sequence[str] = ()
) -> pa.Table:
    log = TypeAdapter(Events).validate_python(draft.source)
    declared = [name for name in rows.column_names if name in log.declared_columns]
    with tempfile.TemporaryDirectory() as folder:
        rejected = Path(folder) / "rejected.csv"
        made = build_exposures(rows.select(declared), log, tasks, columns, rejected)
    return pa.Table.from_pandas(made, preserve_index=False)


def _happened(exposures: pa.Table, task: str) -> np.ndarray:
    """Where a task's label is 1, `(exposures,)`."""
    return exposures[task].to_numpy() == 1


def _learnable(draft: Draft, events: LogEvents, exposures: pa.Table) -> LogEvents:
    """Leaves out the tasks that too few exposures have, and says so."""
    for name in list(events.deeper):
        positives = int(_happened(exposures, name).sum())
        if positives < FEWEST:
            events = events.without(name)
            why = f"{positives} of the exposures looked at: too few to learn and judge"
            settings = {"name": name, "after": events.root}
            draft.tasks.append(Line(settings, why, is_active=False))
    return events


def _order(events: LogEvents, exposures: pa.Table) -> dict[str, str]:
    """By task, the deepest earlier one that nearly all of its exposures have."""
    after: dict[str, str] = {}
    earlier: list[str] = []
    labels = {name: _happened(exposures, name) for name in events.deeper}
    for name in events.deeper:
        own = labels[name]
        rarer = [e for e in earlier if labels[e].sum() > own.sum()]
        parents = [e for e in rarer if labels[e][own].mean() >= FOLLOWS]
        if parents:
            after[name] = min(parents, key=lambda parent: int(labels[parent].sum()))
        earlier.append(name)
    return after


def _add_tasks(
    draft: Draft, events: LogEvents, tasks: Sequence[Task], exposures: pa.Table
) -> None:
    lines = []
    for task in tasks:
        settings = {"name": task.name, "after": task.after}
        settings = {key: value for key, value in settings.items() if value}
        count = int(_happened(exposures, task.name).sum())
        why = f"{count:,} of {len(exposures):,} exposures looked at"
        if task.after is None and not events.opened_by:
            why = "what every exposure of the log has, and no negative"
        lines.append(Line(settings, why))
    draft.tasks = [*lines, *draft.tasks]


def _splits(hours: float) -> list[tuple[dict[str, Any], str]]:
    by_time = {"kind": "time", "column": "exposed_at"}
    by_user = {"kind": "user", "column": "user_id"}
    candidates = [
        (by_time, "the newest exposures test: as it will be used"),
        (by_user, "too short a log to split by time"),
    ]
    return candidates if hours >= 48 else candidates[::-1]


def _add_guesses(
    draft: Draft, roles: LogRoles, ignored: Mapping[str, str], events: LogEvents
) -> None:
    draft.left_out |= ignored
    first = [
        Guess(role.name, what, role.why)
        for what, role in (
            ("user", roles.user),
            ("item", roles.item),
            ("event", roles.event),
            ("time", roles.time),
        )
    ]
    rest = [Guess(name, "ignored", why) for name, why in ignored.items()]
    draft.guesses = [*first, *draft.guesses, *rest]
    unknown = unknown_words(events)
    if unknown:
        draft.notes.append(
            f"What is {listed([repr(word) for word in unknown])}? Rename what is on "
            "the right of `event_types`, and see that the tasks are in order."
        )
