"""`mtl-rec ls`: what a config can name, each with its keys and their defaults."""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.table import Table

from mtl_rec.cli.losses_listing import losses
from mtl_rec.cli.output import OutputFormat, show
from mtl_rec.config.catalogue import Entry, Group, catalogue
from mtl_rec.config.checks import suggestion
from mtl_rec.errors import ConfigError

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec ls\n\n"
    "mtl-rec ls architectures\n\n"
    "mtl-rec ls training.early_stopping"
)


def groups() -> dict[str, Group]:
    """Everything there is to list, by name."""
    found = losses()
    return {**catalogue(), found.name: found}


def complete_name(incomplete: str) -> list[str]:
    """Groups, and what is in them, that begin like this."""
    known = groups()
    names = [*known, *(name for group in known.values() for name in group.entries)]
    return [name for name in dict.fromkeys(names) if name.startswith(incomplete)]


def ls(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A group (architectures, features, sources, ...), or one of what it "
            "holds; without it, all groups.",
            autocompletion=complete_name,
        ),
    ] = None,
    output_format: OutputFormat = "auto",
) -> None:
    """List what a config can name: kinds, their keys, defaults and meaning."""
    known = groups()
    if name is None:
        show(_plain(known), output_format, *_overview(known))
        return
    chosen = _chosen(name, known)
    show(_plain(chosen), output_format, *_details(chosen))


def _chosen(name: str, known: dict[str, Group]) -> dict[str, Group]:
    if name in known:
        return {name: known[name]}
    holders = {
        group.name: Group(group.name, group.path, {name: group.entries[name]})
        for group in known.values()
        if name in group.entries
    }
    if not holders:
        names = [*known, *(n for group in known.values() for n in group.entries)]
        raise ConfigError(
            f"`mtl-rec ls` lists {', '.join(known)}, and each thing in them by its "
            f"name. Received: '{name}'.{suggestion(name, names)}"
        )
    return holders


def _overview(known: dict[str, Group]) -> list[RenderableType]:
    table = _table("group", "name", "what it is for")
    for group in known.values():
        for number, entry in enumerate(group.entries.values()):
            table.add_row("" if number else group.name, entry.name, entry.purpose)
    advice = "mtl-rec ls NAME shows the keys of a group, or of one thing in it."
    return [table, "", advice]


def _details(chosen: dict[str, Group]) -> list[RenderableType]:
    shown: list[RenderableType] = []
    for group in chosen.values():
        shown.append(f"{group.name}: {group.path}")
        for entry in group.entries.values():
            shown += ["", f"{entry.name}: {entry.purpose}"]
            shown += [_settings_table(entry)] if entry.settings else []
    return shown


def _settings_table(entry: Entry) -> Table:
    table = _table("  key", "default", "may hold", "meaning")
    for setting in entry.settings:
        key = f"  {setting.name}"
        table.add_row(key, setting.default, setting.allowed, setting.meaning)
    return table


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _plain(known: dict[str, Group]) -> dict[str, Any]:
    return {
        group.name: {
            "path": group.path,
            "entries": {
                entry.name: {
                    "purpose": entry.purpose,
                    "settings": _settings(entry),
                }
                for entry in group.entries.values()
            },
        }
        for group in known.values()
    }


def _settings(entry: Entry) -> dict[str, Any]:
    plain = {setting.name: asdict(setting) for setting in entry.settings}
    for setting in plain.values():
        del setting["name"]
    return plain
