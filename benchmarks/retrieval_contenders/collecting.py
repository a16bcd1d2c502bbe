"""Tunes contenders on validation and keeps their lists of the test part."""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from contenders.comparing import NO_SEED
from contenders.ours import SOURCES, code_digest
from contenders.runs import Place, Run, read_run, write_run

from retrieval_contenders import implicit_models, ours
from retrieval_contenders.datasets import DataSet
from retrieval_contenders.lists import Lists, our_lists, peer_lists, recall

CONTENDERS = (*ours.GRIDS, *implicit_models.GRIDS)
TUNING_SEED = 1

Runs = Mapping[str, Mapping[int, Run]]
"""By contender and seed."""


def collect(data_set: DataSet, python: Path, options: argparse.Namespace) -> Runs:
    """The runs of all contenders on a data set, made where they are not there."""
    runs: dict[str, dict[int, Run]] = {}
    for contender in options.contenders:
        about = settings_of(data_set, contender, options.budget)
        place = Place(options.work, data_set.name, contender, about)
        seeds = [NO_SEED] if contender in ours.UNSEEDED else options.seeds
        missing = [seed for seed in seeds if not place.file(seed).exists()]
        if missing:
            asked = asking(data_set, contender, python, options.quick)
            tried = tune(data_set, contender, asked, options.budget)
            for seed in missing:
                write_run(place.file(seed), answered(asked, tried, seed, about))
        runs[contender] = {seed: read_run(place.file(seed)) for seed in seeds}
    return runs


def settings_of(data_set: DataSet, contender: str, budget: int) -> dict[str, Any]:
    """All that decides what a contender answers, but for the seed.

    Args:
        data_set: What it learns from.
        contender: Its name.
        budget: Settings that it may try.
    """
    config = data_set.config().model_dump(mode="json")
    is_ours = contender in ours.GRIDS
    read = config if is_ours else {"data": config["data"], "tasks": config["tasks"]}
    grid = {**ours.GRIDS, **implicit_models.GRIDS}[contender]
    tried = {"grid": grid, "budget": budget}
    code = {"code": code_digest((*SOURCES, "retrieval"))} if is_ours else {}
    return {"config": read, "asked_for": "all users", **tried, **code}


Asked = Callable[[Mapping[str, Any], int, str], Lists]
"""Settings, a seed and a part to lists."""


def asking(data_set: DataSet, contender: str, python: Path, quick: bool) -> Asked:
    """What trains a contender and asks it."""

    def of_peer(settings: Mapping[str, Any], seed: int, part: str) -> Lists:
        chosen = {"model": contender, "seed": seed, **settings}
        return peer_lists(data_set, python, chosen, part)

    def of_ours(settings: Mapping[str, Any], seed: int, part: str) -> Lists:
        overrides = ours.overrides_of(data_set, contender, settings)
        overrides += (ours.QUICK_EPOCHS,) if quick else ()
        score = ours.scores_of(data_set, overrides, seed, part)
        return our_lists(data_set, score, part)

    return of_peer if contender in implicit_models.GRIDS else of_ours


def tune(
    data_set: DataSet, contender: str, asked: Asked, budget: int
) -> list[dict[str, Any]]:
    """Settings with their recall on validation, best first."""
    grid = {**ours.GRIDS, **implicit_models.GRIDS}[contender]
    tried = []
    for settings in drawn_settings(grid, budget):
        begun = time.perf_counter()
        lists = asked(settings, TUNING_SEED, "validation")
        found = recall(data_set, contender, lists, "validation")
        seconds = time.perf_counter() - begun
        tried.append({"settings": settings, "recall": found, "seconds": seconds})
        print(f"{data_set.name}, {contender}: {tried[-1]}", flush=True)
    return sorted(tried, key=lambda own: -own["recall"])


def drawn_settings(
    grid: Mapping[str, Sequence[Any]], budget: int
) -> list[dict[str, Any]]:
    """The defaults, and settings drawn from a grid.

    Args:
        grid: By setting, its values.
        budget: How many, the defaults included; all of a grid that has fewer.
    """
    random = np.random.default_rng(1)
    drawn: list[dict[str, Any]] = [{}]
    most = int(np.prod([len(values) for values in grid.values()])) if grid else 0
    while len(drawn) < min(budget, 1 + most):
        settings = {k: v[int(random.integers(len(v)))] for k, v in grid.items()}
        if settings not in drawn:
            drawn.append(settings)
    return drawn


def answered(
    asked: Asked,
    tried: Sequence[Mapping[str, Any]],
    seed: int,
    settings: Mapping[str, Any],
) -> Run:
    """The test lists of the best settings.

    Args:
        asked: Trains and asks.
        tried: Settings, best first.
        seed: Of the training.
        settings: All that decides what is answered, but for the seed.
    """
    begun, cpu = time.perf_counter(), time.process_time()
    # Chance has no part in contenders without seeds, but configs want one.
    lists = asked(tried[0]["settings"], seed or TUNING_SEED, "test")
    cost = {
        "tried": list(tried),
        "seconds": time.perf_counter() - begun,
        "cpu_seconds": time.process_time() - cpu,
    }
    about = {"settings": settings, **cost}
    return Run({"all": lists.all_items, "cold": lists.cold_items}, about)
