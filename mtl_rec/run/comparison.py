"""Runs beside each other: what their configs, data and metrics differ in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mtl_rec.run.entry import RunEntry

_UNIMPORTANT = ("name", "export.directory")


@dataclass(frozen=True)
class Comparison:
    """Several runs.

    Attributes:
        runs: Those that are compared; differences are from the first.
        settings: By path in the config, each run's value, None where it has none; only
            of settings that are not the same in all.
        data: By split, whether all runs had the same rows; None if one does not say.
        metrics: By output and metric, each run's value.
    """

    runs: tuple[RunEntry, ...]
    settings: Mapping[str, list[Any]]
    data: Mapping[str, bool | None]
    metrics: Mapping[str, Mapping[str, list[float | None]]]

    @property
    def other_data(self) -> list[str]:
        """Splits in which the runs had different rows: their metrics do not compare."""
        return [split for split, is_same in self.data.items() if is_same is False]


def compare_runs(runs: Sequence[RunEntry]) -> Comparison:
    """Puts runs beside each other."""
    return Comparison(tuple(runs), _settings(runs), _data(runs), _metrics(runs))


def _settings(runs: Sequence[RunEntry]) -> dict[str, list[Any]]:
    flat = [_flattened(run.config) for run in runs]
    paths = dict.fromkeys(path for settings in flat for path in settings)
    rows = {path: [settings.get(path) for settings in flat] for path in paths}
    return {
        path: values
        for path, values in rows.items()
        if path not in _UNIMPORTANT and any(value != values[0] for value in values)
    }


def _flattened(value: Any, path: str = "") -> dict[str, Any]:
    """Every value by its dotted path; items of a list by their names if they have."""
    if isinstance(value, Mapping):
        steps = value.items()
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        steps = [
            (item.get("name", number) if isinstance(item, Mapping) else number, item)
            for number, item in enumerate(value)
        ]
    else:
        return {path: value}
    flat: dict[str, Any] = {}
    for step, inner in steps:
        flat |= _flattened(inner, f"{path}.{step}" if path else str(step))
    return flat


def _data(runs: Sequence[RunEntry]) -> dict[str, bool | None]:
    splits = dict.fromkeys(split for run in runs for split in run.data)
    same: dict[str, bool | None] = {}
    for split in splits:
        prints = [run.data.get(split, {}).get("fingerprint") for run in runs]
        same[split] = None if None in prints else len(set(prints)) == 1
    return same


def _metrics(runs: Sequence[RunEntry]) -> dict[str, dict[str, list[float | None]]]:
    outputs = dict.fromkeys(output for run in runs for output in run.metrics)
    return {
        output: {
            metric: [run.metrics.get(output, {}).get(metric) for run in runs]
            for metric in dict.fromkeys(
                m for run in runs for m in run.metrics.get(output, {})
            )
        }
        for output in outputs
    }
