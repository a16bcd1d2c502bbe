"""The types of events of a log, and the labels that are made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mtl_rec.data.starter.profile import Column
from mtl_rec.data.starter.verbs import Depth, EventType, event_type

_ORDER: tuple[Depth, ...] = ("met", "other", "liked", "cart", "checkout", "bought")
_TASKS = {"cart": "add_to_cart", "view": "click"}
"""What an event is called as a task, where that is not its own name."""


@dataclass(frozen=True)
class LogEvents:
    """What the events of a log are, and what they prove.

    Attributes:
        types: By the log's word.
        counts: Rows by word.
        opened_by: Names of events that show an item, if the log has them.
        root: The first task: what every exposure of the log has, or, where items are
            shown, what may follow.
        root_events: Names of the events that are it.
        deeper: By task, the names of its events, in the order of the funnel.
    """

    types: Mapping[str, EventType]
    counts: Mapping[str, int]
    opened_by: tuple[str, ...]
    root: str
    root_events: tuple[str, ...]
    deeper: Mapping[str, tuple[str, ...]]

    def without(self, task: str) -> "LogEvents":
        """The same without a task; its events count as the first one."""
        deeper = {name: events for name, events in self.deeper.items() if name != task}
        root_events = (*self.root_events, *self.deeper[task])
        return LogEvents(
            self.types, self.counts, self.opened_by, self.root, root_events, deeper
        )

    def labels(self, after: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """`data.source.labels`.

        Args:
            after: By task, the one it follows; a step that others follow is implied by
                them, as logs leave steps out.
        """
        rules: dict[str, dict[str, Any]] = {}
        for name, events in {self.root: self.root_events, **self.deeper}.items():
            rules[name] = {"events": list(events)}
            if name == self.root or name in after.values():
                rules[name]["implied"] = True
        return rules


def read_event_types(column: Column) -> LogEvents:
    """Takes the words of a log's column of events for steps of a funnel."""
    counts = dict(sorted(column.counts.items(), key=lambda entry: -entry[1]))
    types = {word: event_type(word) for word in counts}
    shown = _names(types.values(), "shown")
    by_depth = {depth: _names(types.values(), depth) for depth in _ORDER}
    if not any(by_depth.values()):
        # Nothing but impressions, or nothing but returns.
        names = tuple(dict.fromkeys(kind.name for kind in types.values()))
        return LogEvents(types, counts, (), names[0], names, {})
    if not by_depth["met"]:
        # The most frequent of what is not understood, or else the first step there is.
        first = next(depth for depth in _ORDER if by_depth[depth])
        by_depth["met"], by_depth[first] = by_depth[first][:1], by_depth[first][1:]
    met = by_depth.pop("met")
    root = _task("view" if {"view", "click"} & set(met) else met[0])
    deeper = {_task(name): (name,) for depth in by_depth for name in by_depth[depth]}
    undone = _names(types.values(), "undone")
    root_events = met if shown else (*met, *undone)
    return LogEvents(types, counts, shown, root, root_events, deeper)


def _task(event: str) -> str:
    return _TASKS.get(event, event)


def _names(types: Any, depth: Depth) -> tuple[str, ...]:
    """Names of one depth, the most frequent first."""
    return tuple(dict.fromkeys(kind.name for kind in types if kind.depth == depth))


def unknown_words(events: LogEvents) -> Sequence[str]:
    """The log's words that are not usual ones."""
    return [word for word, kind in events.types.items() if not kind.is_known]
