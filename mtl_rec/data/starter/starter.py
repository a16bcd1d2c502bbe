"""From data that nobody described to a config that can be checked and trained."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mtl_rec.data.starter.census import LABELS, census_rows, is_census
from mtl_rec.data.starter.draft import Draft, listed
from mtl_rec.data.starter.labels import Label, find_labels
from mtl_rec.data.starter.logs import draft_log
from mtl_rec.data.starter.looking import Sample, look_at
from mtl_rec.data.starter.names import cleaned
from mtl_rec.data.starter.profile import Column
from mtl_rec.data.starter.roles import Role, Roles, find_roles, require_log
from mtl_rec.data.starter.tables import draft_table
from mtl_rec.data.starter.wishes import Wishes
from mtl_rec.data.starter.writing import config_text
from mtl_rec.errors import ArtifactError, ConfigError, SchemaError

_FEW_ROWS, _MANY_ROWS = 20_000, 2_000_000
_ROLE_NAMES = {
    "user": "user_id",
    "item": "item_id",
    "event": "event_type",
    "time": "event_time",
}


@dataclass(frozen=True)
class Starter:
    """A config that was guessed.

    Attributes:
        draft: What is in it, and what each column was taken as.
        sample: What it was guessed from.
        name: Of the run.
    """

    draft: Draft
    sample: Sample
    name: str

    def text(self, output: str) -> str:
        """The YAML, as it is to stand in a file of this name."""
        return config_text(self.draft, self.sample, self.name, output)


def make_starter(path: str, wishes: Wishes) -> Starter:
    """Looks at data and guesses a config for it.

    Args:
        path: A file, a folder or a glob.
        wishes: What need not be guessed.

    Raises:
        ArtifactError: The data can't be read.
        ConfigError: A wish names no column.
        SchemaError: There is nothing to predict in it, or nothing to predict it from.
    """
    wishes.require_possible()
    sample = look_at(path, wishes.separator, wishes.header)
    source: dict[str, Any] = {"kind": "table", "path": sample.path}
    if is_census(sample):
        rows = census_rows(sample)
        sample = replace(sample, rows=rows, num_rows=rows.num_rows, is_whole=True)
        sample = replace(sample, has_header=True)
        source["kind"] = "census_income"
        wishes = replace(wishes, labels=wishes.labels or LABELS)
    wishes.require_columns(sample.rows.column_names)
    columns = sample.profiles()
    roles = find_roles(columns, wishes, sample.has_header)
    if not sample.has_header and not wishes.header:
        sample, roles = _named_by_role(sample, roles)
        columns = list(roles.columns.values())
    if source["kind"] == "table":
        source |= _written(sample, columns)
    labels = _labels(columns, roles, wishes, sample.has_header)
    if labels and not sample.is_utf8:
        raise ArtifactError(
            f"'{sample.path}' must be UTF-8 text. Convert it: `iconv -f latin1 -t "
            "utf-8`."
        )
    if labels and wishes.tables:
        raise ConfigError(
            f"`--{next(iter(wishes.tables))}` goes with a log of events. Received: "
            f"labelled exposures, as '{labels[0].column.name}' is a label. Join what "
            "is known of items and users to their rows, or name the column of events: "
            "--event COLUMN."
        )
    if labels:
        draft = draft_table(source, columns, roles, labels, wishes.excluded)
    else:
        del source["kind"]
        log = require_log(roles)
        draft = draft_log(source, columns, log, wishes)
    tasks = [line for line in draft.tasks if line.is_active]
    kind = "mmoe" if len(tasks) > 1 else "shared_bottom"
    draft.model = {"architecture": {"kind": kind}}
    if sample.num_rows < _FEW_ROWS:
        draft.training = {"batch_size": 128}
    elif sample.num_rows > _MANY_ROWS:
        draft.training = {"batch_size": 2048}
    return Starter(draft, sample, wishes.name or _name(path))


def _named_by_role(sample: Sample, roles: Roles) -> tuple[Sample, Roles]:
    """Gives the columns of a file without a header names by what they are."""
    own: dict[str, Role | None] = {w: getattr(roles, w) for w in _ROLE_NAMES}
    found = {role.name: _ROLE_NAMES[what] for what, role in own.items() if role}
    names = [found.get(name) or name for name in sample.rows.column_names]
    sample = sample.named(names)
    columns = {column.name: column for column in sample.profiles()}
    named = {
        what: Role(columns[_ROLE_NAMES[what]], role.why) if role else None
        for what, role in own.items()
    }
    return sample, Roles(**named, columns=columns)


def _written(sample: Sample, columns: Sequence[Column]) -> dict[str, Any]:
    """What a config must say of how files are written."""
    settings: dict[str, Any] = {}
    if sample.states_format:
        settings["format"] = sample.format
    if sample.format != "csv":
        return settings
    settings |= sample.text.model_dump(exclude_defaults=True, exclude={"missing"})
    if "header" in settings:
        settings["header"] = list(settings["header"])
    words = sorted({word for column in columns for word in column.missing_words})
    return {**settings, "missing": words} if words else settings


def _labels(
    columns: Sequence[Column], roles: Roles, wishes: Wishes, are_named: bool
) -> list[Label]:
    """The labels of a table; none for a log.

    Raises:
        SchemaError: It is neither.
    """
    left = [c for c in columns if c.name not in {*roles.taken, *wishes.excluded}]
    if wishes.event:
        return []
    if wishes.labels:
        why = "made of a field of the file" if wishes.labels == LABELS else "--label"
        return find_labels(columns, wishes.labels, are_named, why)
    labels = find_labels(left, (), are_named)
    by_name = [label for label in labels if "by its name" in label.why]
    if by_name or roles.event is None:
        if not labels:
            raise _nothing_to_predict(columns)
        return labels
    return []


def _nothing_to_predict(columns: Sequence[Column]) -> SchemaError:
    flags = [column.name for column in columns if column.is_two_valued]
    return SchemaError(
        "The data must have a column of what happened, 0 or 1 (click, purchase), or be "
        "a log with a column of types of events (view, cart, buy). Received: columns "
        f"{listed([column.name for column in columns], 12)}. "
        + (f"With two values: {listed(flags, 12)}. " if flags else "")
        + "Name what is to be predicted: --label COLUMN, or the types of events: "
        "--event COLUMN."
    )


def _name(path: str) -> str:
    stem = Path(path.rstrip("/*")).name.split(".")[0]
    return cleaned(stem, "data").lower()[:60]
