"""Trains content towers: on events as they are, or on those of popular items less."""

from collections.abc import Callable
from pathlib import Path

from mtl_rec.config.retrieval import Content
from mtl_rec.retrieval.tower_fitting import Callbacks, TowerFitting
from mtl_rec.run.stages import Stage
from mtl_rec.whole_files import write_json

DISCOUNT = 0.5
"""Between each event and each item counting alike: the variance of how often items are
chosen grows with its mean and, where content tells little of it, faster."""

OTHER = "other_discount"
"""Folder of what the training leaves that was not chosen."""


def fit_content(
    make: Callable[[float], TowerFitting],
    config: Content,
    folder: Path,
    callbacks: Callbacks,
    stage: Stage,
) -> TowerFitting:
    """Trains with the discount that is stated, or with the one that finds more.

    What is said of items may tell how often they are chosen, and then every event
    teaches something of new ones; or it may not, and then towers learn the popular by
    heart. Only new items can tell which, so it is tried where enough of the validation
    users should find one.

    Args:
        make: Towers that have learned nothing, by discount.
        config: May state it.
        folder: Gets what the training leaves that is chosen, and `discount.json` where
            two were tried; the other's is left below `other_discount/`.
        callbacks: More Keras callbacks.
        stage: Called with what begins.

    Returns:
        The trained towers.

    Raises:
        ConfigError: The extra `retrieval` is not installed.
        TrainingError: The loss is no longer a number.
    """
    stated = config.popularity_discount
    first = make(stated or 0.0)
    with stage("train content"):
        first.fit(folder, callbacks)
    if stated is not None or not first.is_for_cold_items:
        return first
    second = make(DISCOUNT)
    with stage("train content on popular items less"):
        second.fit(folder / OTHER, callbacks)
    found = {0.0: first.best_recall, DISCOUNT: second.best_recall}
    chosen = max(found, key=lambda discount: found[discount])
    write_json(folder / "discount.json", {"chosen": chosen, "validation": found})
    with stage(f"popularity discount {chosen:g} finds more new items"):
        pass
    if chosen == 0.0:
        return first
    for name in first.leaves:
        _swap(folder / name, folder / OTHER / name)
    return second


def _swap(one: Path, other: Path) -> None:
    aside = one.with_name(f".{one.name}")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)
