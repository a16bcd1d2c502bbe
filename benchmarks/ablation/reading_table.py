"""The table, bars and sentences of what texts are worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean
from typing import Any

import numpy as np
from contenders.comparing import Aucs, difference
from contenders.scored import Scored
from reporting import Bar

from ablation.cold import (
    BANDS,
    COLD,
    merged,
    over_users,
    over_users_once,
    restricted,
    shares_of_gap,
    within_users,
)
from ablation.reading import Readings
from ablation.texts import IDS

HALF, NOT_BEHIND, LEAST_POSITIVES = 0.5, -0.002, 300
CEILINGS = ("true", "readable")


@dataclass(frozen=True)
class EventScores:
    """The scores of one event, by model, ceilings among them.

    Attributes:
        event: Its name.
        positives: Over the seeds' test parts, all and those of cold items.
        overall: AUC of all rows.
        cold: AUC within users of rows of cold items.
        bands: By band of training rows, the AUC over all users, mean over seeds.
    """

    event: str
    positives: tuple[int, int]
    overall: Mapping[str, Aucs]
    cold: Mapping[str, Aucs]
    bands: Mapping[str, Mapping[str, float]]


def scores_of(readings: Readings) -> list[EventScores]:
    """By event, in the order of the funnel."""
    seeds = list(readings.outputs)
    events = [output.name for output in readings.outputs[seeds[0]]]
    return [_event_scores(readings, number) for number in range(len(events))]


def _event_scores(readings: Readings, number: int) -> EventScores:
    outputs = {seed: own[number] for seed, own in readings.outputs.items()}
    cold = {seed: _band(readings, seed, own, COLD) for seed, own in outputs.items()}
    predictions = _predictions(readings, next(iter(outputs.values())).name)
    overall, within, bands = {}, {}, {}
    for name, own in predictions.items():
        overall[name] = merged(
            [over_users(outputs[seed], seed, values) for seed, values in own.items()]
        )
        within[name] = merged(
            [within_users(cold[seed], seed, values) for seed, values in own.items()]
        )
        bands[name] = {
            band: mean(
                over_users_once(_band(readings, seed, outputs[seed], band), values)
                for seed, values in own.items()
            )
            for band in BANDS
        }
    positives = [_positives(readings, list(part.values())) for part in (outputs, cold)]
    event = next(iter(outputs.values())).name
    return EventScores(event, (positives[0], positives[1]), overall, within, bands)


def _positives(readings: Readings, outputs: list[Scored]) -> int:
    """Of all seeds' data, which are the same rows where they are not simulated."""
    are_apart = any(readings.ceilings.values())
    return sum(own.positives for own in outputs[: None if are_apart else 1])


def _band(readings: Readings, seed: int, output: Scored, band: str) -> Scored:
    return restricted(output, readings.bands[seed][band][output.rows])


def _predictions(readings: Readings, event: str) -> dict[str, dict[int, np.ndarray]]:
    """By model and seed, what was predicted of the test part; ceilings last."""
    found = {
        variant: {s: run.predictions[event].reshape(-1) for s, run in own.items()}
        for variant, own in readings.runs.items()
    }
    for name in CEILINGS:
        own = {s: c[name][event] for s, c in readings.ceilings.items() if name in c}
        if own:
            found[name] = own
    return found


def table_of(readings: Readings, events: list[EventScores]) -> list[dict[str, Any]]:
    """One row for each event and model."""
    return [
        _row(readings, scores, name) for scores in events for name in scores.overall
    ]


def _row(readings: Readings, scores: EventScores, name: str) -> dict[str, Any]:
    overall, cold = scores.overall[name], scores.cold[name]
    about = [run.about for run in readings.runs.get(name, {}).values()]
    is_compared = bool(about) and name != IDS
    ahead = difference(overall, scores.overall[IDS]) if is_compared else None
    cold_ahead = difference(cold, scores.cold[IDS]) if is_compared else None
    tried = "; ".join(about[0]["tried"]) if about else ""
    return {
        "data": readings.title,
        "event": scores.event,
        "positives (of cold items)": "{:,} ({:,})".format(*scores.positives),
        "text read by": name if about else f"({name})",
        "seeds": len(overall.exact),
        "AUC": f"{mean(overall.exact.values()):.4f}",
        "less ids only": str(ahead) if ahead else "",
        "cold, within users": f"{mean(cold.exact.values()):.4f}",
        "cold, less ids only": str(cold_ahead) if cold_ahead else "",
        **{f"items of {b} rows": f"{scores.bands[name][b]:.3f}" for b in BANDS},
        "settings": tried.replace("training.", "") or ("" if not about else "shipped"),
        "parameters": f"{about[0]['num_parameters']:,}" if about else "",
        "rows/s": f"{mean(a['rows_per_second'] for a in about):,.0f}" if about else "",
        "CPU us/row": f"{mean(a['cpu_microseconds_per_row'] for a in about):.1f}"
        if about
        else "",
        "request ms": f"{readings.request_ms[name]:.2f}" if about else "",
    }


def bars_of(readings: Readings, events: list[EventScores]) -> list[Bar]:
    """Half of the way to the ceiling where it is known; else not behind ids alone."""
    bars = []
    for scores in events:
        place = f"{readings.title}, {scores.event}"
        texts = [name for name in readings.runs if name != IDS]
        if not texts:
            continue
        ceilings = {name: scores.cold[name] for name in CEILINGS if name in scores.cold}
        own = {name: scores.cold[name] for name in readings.runs}
        asked = {} if readings.is_few else ceilings
        for ceiling, shares in shares_of_gap(own, IDS, asked).items():
            best = max(texts, key=shares.__getitem__)
            what = f"{place}: way from ids only to {ceiling}, on cold items, of {best}"
            bars.append(Bar(what, shares[best], HALF))
        if ceilings or scores.positives[0] < LEAST_POSITIVES:
            continue
        for name in texts:
            ahead = difference(scores.overall[name], scores.overall[IDS])
            assert ahead is not None
            what = f"{place}: AUC of {name} less that of ids only {ahead}, lower end"
            bars.append(Bar(what, ahead.low, NOT_BEHIND))
    return bars


def notes_of(readings: Readings, events: list[EventScores]) -> list[str]:
    """How much of the way from the true ceiling's lift could be read at all."""
    notes = []
    for scores in events:
        if "readable" not in scores.cold:
            continue
        (share,) = shares_of_gap(
            {name: scores.cold[name] for name in (IDS, "readable")},
            IDS,
            {"true": scores.cold["true"]},
        )["true"].values()
        notes.append(
            f"{readings.title}, {scores.event}: all that can be read of cold items is "
            f"{share:.0%} of the way from ids only to the true probabilities."
        )
    return notes
