"""The features of a draft: kind, name, side and what a comment says of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from pydantic import TypeAdapter

from mtl_rec.config.checks import RESERVED_NAMES
from mtl_rec.config.features import Feature
from mtl_rec.config.sampling import SAMPLING_COLUMNS
from mtl_rec.config.tasks import Task
from mtl_rec.data.starter.draft import Draft, Guess, Line
from mtl_rec.data.starter.kinds import id_feature, suggest
from mtl_rec.data.starter.leaks import find_leak
from mtl_rec.data.starter.names import cleaned
from mtl_rec.data.starter.profile import Column
from mtl_rec.data.starter.roles import Roles
from mtl_rec.data.starter.sides import side_of
from mtl_rec.errors import SchemaError
from mtl_rec.schema.rows import canonical


@dataclass
class FeatureLines:
    """Adds features to a draft, one after the other.

    Args:
        draft: Gets them.
        roles: Whose columns may be.
        rows: The sample, by which leaks are found.
        tasks: The funnel.
    """

    draft: Draft
    roles: Roles
    rows: pa.Table
    tasks: Sequence[Task]
    _names: set[str] = field(default_factory=set, init=False)
    _ids: dict[str, Column] = field(default_factory=dict, init=False)

    def add(self, column: Column) -> None:
        """Adds a column as a feature, or says why it is none."""
        owners = {
            role.name: side
            for side, role in (("user", self.roles.user), ("item", self.roles.item))
            if role
        }
        is_id = column.name in owners
        suggestion = id_feature(column) if is_id else suggest(column, self._ids)
        if suggestion.settings is None:
            self.draft.leave_out(column.name, suggestion.why)
            return
        side, reason = side_of(column, self.roles.user, self.roles.item)
        settings = self._named(
            column, suggestion.settings, owners.get(column.name, side)
        )
        if is_id and settings["kind"] == "categorical":
            self._ids[settings["name"]] = column
        why = [part for part in (suggestion.why, "" if is_id else reason) if part]
        try:
            feature = TypeAdapter(Feature).validate_python(settings)
            rows = canonical(self.rows, [feature], self.tasks)
        except SchemaError as error:
            self.draft.leave_out(column.name, str(error))
            return
        leak = find_leak(feature, rows, self.tasks)
        if leak is not None and leak.is_certain:
            self.draft.leaks[column.name] = leak.output
            self.draft.leave_out(column.name, f"knows the answer: {leak.text}")
            return
        if leak is not None:
            why.append(f"CHECK that it is known before: {leak.text}")
        self._names.add(settings["name"])
        self.draft.features.append(Line(settings, "; ".join(why)))
        taken_as = f"{settings['side']} {settings['kind']}"
        self.draft.guesses.append(Guess(column.name, taken_as, "; ".join(why)))

    def _named(self, column: Column, kind: dict[str, Any], side: str) -> dict[str, Any]:
        taken = {*self._names, *(task.name for task in self.tasks)}
        taken |= {*RESERVED_NAMES, *SAMPLING_COLUMNS}
        plain = cleaned(column.name, "column")
        name, number = plain, 2
        while name in taken:
            name, number = f"{plain}_{number}", number + 1
        settings = {"kind": kind["kind"], "name": name, "side": side, **kind}
        return settings if name == column.name else {**settings, "column": column.name}
