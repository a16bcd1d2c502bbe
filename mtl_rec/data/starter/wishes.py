"""What the user says of the data, so that it need not be guessed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from mtl_rec.config.checks import suggestion
from mtl_rec.config.run import RunName
from mtl_rec.errors import ConfigError

What = Literal["items", "users"]
"""Whom a table beside a log is of."""


@dataclass(frozen=True)
class Wishes:
    """Columns by what they are; what is not given is guessed.

    Attributes:
        user: The user's id.
        item: The item's id.
        event: The type of event, which makes the data a log.
        time: When it happened.
        labels: What is to be predicted, which makes the data a table of exposures.
        excluded: Columns to leave out; of a table beside a log as `items.brand`.
        separator: Between the fields of a CSV.
        header: Names of the columns of a CSV that has none.
        name: Of the run.
        tables: By `items` and `users`, paths of what is known of them beside a log.
    """

    user: str | None = None
    item: str | None = None
    event: str | None = None
    time: str | None = None
    labels: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    separator: str | None = None
    header: tuple[str, ...] = ()
    name: str | None = None
    tables: Mapping[What, str] = field(default_factory=dict)

    def require_possible(self) -> None:
        """Refuses what no config may hold.

        Raises:
            ConfigError: The separator is no character, or the name none of a run.
        """
        if self.separator is not None and len(self.separator) != 1:
            raise ConfigError(
                "`--separator` must be one character, or `tab`. Received: "
                f"'{self.separator}'."
            )
        if self.name is not None:
            try:
                TypeAdapter(RunName).validate_python(self.name)
            except ValidationError as error:
                raise ConfigError(
                    "`--name` must be letters, digits, `_`, `.` and `-`, as it is that "
                    f"of a folder. Received: '{self.name}'."
                ) from error

    def require_columns(self, names: Iterable[str]) -> None:
        """Refuses columns that the data does not have.

        Raises:
            ConfigError: An option names no column.
        """
        known = list(names)
        single = {"user": self.user, "item": self.item, "event": self.event}
        single |= {"time": self.time}
        given = [(f"--{option}", name) for option, name in single.items() if name]
        given += [("--label", name) for name in self.labels]
        beside = {name for what in self.tables for name in self.excluded_of(what)}
        given += [("--exclude", name) for name in self.excluded if name not in beside]
        for option, name in given:
            _require_column(option, name, known)

    def excluded_of(self, what: What, names: Iterable[str] | None = None) -> list[str]:
        """Columns to leave out of a table beside the log, as `excluded` has them.

        Args:
            what: Whom the table is of.
            names: Of its columns, if they are known.

        Raises:
            ConfigError: It has no such column.
        """
        own = [name for name in self.excluded if name.startswith(f"{what}.")]
        if names is not None:
            known = [f"{what}.{name}" for name in names]
            for name in own:
                _require_column("--exclude", name, known)
        return own


def _require_column(option: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise ConfigError(
            f"`{option}` must name a column of the data. Received: '{name}'."
            f"{suggestion(name, known)} Columns: {known}."
        )
