"""Tables beside a log, of what is known of items or of users, as a config has them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from mtl_rec.config.csv_text import CsvText
from mtl_rec.data.events.reading.ids import read_ids
from mtl_rec.data.starter.draft import Draft, Guess, Line, listed
from mtl_rec.data.starter.kinds import attribute, suggest
from mtl_rec.data.starter.log_attributes import why_taken
from mtl_rec.data.starter.looking import Sample, look_at
from mtl_rec.data.starter.profile import Column
from mtl_rec.data.starter.wishes import What, Wishes
from mtl_rec.errors import SchemaError

_FEWEST = 0.01
"""Share of the log's ids that a column holds from which it may be the key."""


@dataclass(frozen=True)
class SideTableDraft:
    """What a config says of one table.

    Attributes:
        settings: Of `data.source.items` or `data.source.users`.
        columns: Those that features are made of.
        lines: The features, in the same order.
    """

    settings: dict[str, Any]
    columns: Sequence[Column]
    lines: Sequence[Line]


def draft_side_table(
    draft: Draft, wishes: Wishes, what: What, ids: Column, of_log: Collection[str]
) -> SideTableDraft:
    """Looks at a table, and finds its key and what features are made of it.

    Args:
        draft: Is told what each column was taken as.
        wishes: The table's path, and which of its columns to leave out.
        what: Whom it is of.
        ids: The log's column of their ids.
        of_log: Names of the columns of the log, and of other tables.

    Raises:
        ArtifactError: There are no files, or they can't be read.
        ConfigError: A column that is to be left out is not there.
        SchemaError: No column holds the log's ids, nothing is known of them, or it is
            a CSV that a table beside a log may not be.
    """
    path = wishes.tables[what]
    sample = look_at(path, given_as=f"`--{what}`")
    _require_plain(sample, what)
    excluded = wishes.excluded_of(what, sample.rows.column_names)
    for name in excluded:
        draft.leave_out(name, "--exclude")
    columns = [
        column
        for column in sample.profiles()
        if f"{what}.{column.name}" not in excluded
    ]
    key, share = _key(columns, ids, path, what)
    why = f"holds {share:.0%} of the log's ids"
    draft.guesses.append(Guess(f"{what}.{key.name}", "key", why))
    valid_from = _valid_from(key, columns)
    if valid_from is not None:
        own = f"{what}.{valid_from.name}", "valid_from", "an id has a row for each time"
        draft.guesses.append(Guess(*own))
    found = []
    for column in columns:
        if column is key or column is valid_from:
            continue
        line = _line(draft, column, what, of_log)
        found += [(column, line)] if line else []
    if not found:
        raise SchemaError(
            f"`--{what}` must hold a column that a feature can be made of. Received: "
            f"{listed([column.name for column in columns], 12)} in '{path}', of which "
            f"'{key.name}' is the key."
        )
    settings: dict[str, Any] = {"path": sample.path}
    if sample.states_format:
        settings["format"] = sample.format
    settings |= {"key": key.name, "columns": [column.name for column, _ in found]}
    if valid_from is not None:
        settings["valid_from"] = valid_from.name
    columns, lines = zip(*found, strict=True)
    return SideTableDraft(settings, columns, lines)


def _require_plain(sample: Sample, what: What) -> None:
    is_plain = sample.has_header and sample.text == CsvText()
    if sample.format == "csv" and not (is_plain and sample.is_utf8):
        raise SchemaError(
            f"`--{what}` must be Parquet, or CSV in UTF-8 with a header and commas. "
            f"Received: another in '{sample.path}'. Convert it: "
            "`pandas.read_csv(path, sep=...).to_parquet(...)`."
        )


def _key(
    columns: Sequence[Column], ids: Column, path: str, what: What
) -> tuple[Column, float]:
    """The column that holds most of the log's ids, and the share of these."""
    known = read_ids(ids.values).drop_null().unique()
    best: tuple[float, Column | None] = 0.0, None
    for column in columns:
        if not column.is_id_like:
            continue
        own = read_ids(column.values).drop_null().unique()
        share = pc.mean(pc.is_in(known, own)).as_py() or 0.0
        if share > best[0]:
            best = share, column
    share, key = best
    if key is None or share < _FEWEST:
        raise SchemaError(
            f"`--{what}` must have a column of the ids in column '{ids.name}' of the "
            f"log, such as {listed(known[:3].to_pylist())}. Received: columns "
            f"{listed([column.name for column in columns], 12)} in '{path}', none of "
            "which holds them."
        )
    return key, share


def _valid_from(key: Column, columns: Sequence[Column]) -> Column | None:
    """The time that tells an id's rows apart, where it has several."""
    if key.num_distinct == key.num_known:
        return None
    for column in columns:
        if column.time is None:
            continue
        pairs = np.stack([key.codes, column.codes])
        if len(np.unique(pairs, axis=1).T) == len(key):
            return column
    return None


def _line(
    draft: Draft, column: Column, what: What, of_log: Collection[str]
) -> Line | None:
    name = f"{what}.{column.name}"
    if column.name in of_log:
        draft.leave_out(
            name, "a column of the log, or of the other table, has this name"
        )
        return None
    if (taken := why_taken(column)) is not None:
        draft.leave_out(name, taken)
        return None
    if column.kind == "list":
        draft.leave_out(name, "lists: join their values by '|'")
        return None
    suggestion = suggest(column, {})
    if suggestion.settings is None:
        draft.leave_out(name, suggestion.why)
        return None
    side = what.removesuffix("s")
    settings = attribute(suggestion.settings, column.name, side)
    draft.guesses.append(Guess(name, f"{side} {settings['kind']}", suggestion.why))
    return Line(settings, suggestion.why)
