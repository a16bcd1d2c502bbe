"""The runs of every contender on one data set: kept ones, and those still to train."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from peers.environments import python_of

from contenders import baselines, deepctr, ours
from contenders.columns import fingerprint
from contenders.comparing import NO_SEED
from contenders.datasets import DataSet
from contenders.runs import Place, Run, write_run
from contenders.scored import joint_and_conditional

CONTENDERS = (*ours.ARCHITECTURES, *baselines.BASELINES, *deepctr.ARCHITECTURES)

Runs = Mapping[str, Mapping[int, Run]]
"""By contender and seed, predictions of every output of the funnel."""


def collect(data_set: DataSet, options: Namespace) -> Runs:
    """Trains what is missing, unless only a report is asked for.

    Args:
        data_set: Encoded rows.
        options: Of the command line.
    """
    rows = fingerprint(data_set)
    runs: dict[str, dict[int, Run]] = {}
    for seed in [NO_SEED, *options.seeds]:
        for contender in options.contenders:
            if (seed == NO_SEED) != (contender in baselines.BASELINES):
                continue
            settings = settings_of(data_set, contender, rows)
            place = Place(options.work, data_set.name, contender, settings)
            is_theirs = contender in deepctr.ARCHITECTURES
            run = place.found(seed, options.reuse_deepctr and is_theirs)
            if run is None and not options.report_only:
                train(place, seed, data_set, options)
                run = place.found(seed)
            if run is None:
                continue
            shown = f"{run.about['cpu_seconds']:.0f} CPU-seconds"
            print(f"{data_set.name}, seed {seed}, {contender}: {shown}", flush=True)
            if is_theirs:
                outputs = joint_and_conditional(data_set.schema, run.predictions)
                run = replace(run, predictions=outputs)
            runs.setdefault(contender, {})[seed] = run
    return runs


def settings_of(data_set: DataSet, contender: str, rows: str) -> dict[str, Any]:
    """All that decides what a contender predicts, but for the seed."""
    if contender in deepctr.ARCHITECTURES:
        return deepctr.settings_of(data_set, contender, rows)
    if contender in baselines.BASELINES:
        return baselines.settings_of(rows)
    return ours.settings_of(data_set, contender, rows)


def train(place: Place, seed: int, data_set: DataSet, options: Namespace) -> None:
    """Trains one contender and leaves its run in its place."""
    if place.contender in deepctr.ARCHITECTURES:
        python = python_of("deepctr", options.environments, may_make=True)
        deepctr.train(place, seed, data_set, python)
        return
    if place.contender in baselines.BASELINES:
        run = baselines.train(data_set, place.contender, place.settings)
    else:
        run = ours.train(data_set, place.contender, place.settings, seed)
    write_run(place.file(seed), run)
