"""Which simulated shop the encoders of histories are compared on, by its truth alone.

    python benchmarks/sequence_shop.py

For shops of a year that differ in how fast tastes change, how much follows from them
and how many items there are: what one who knew all else of an exposure gains from
weights by the place or the age of a click, on the best that can be told without
(`shop/history_readers.py`). No model is trained, but the reader must learn the items,
as every model must: where a click tells little, or an item has few, there is nothing to
gain. `sequence_ablation.py` takes the half-life whose lead is the largest here.
"""

import sys
from dataclasses import dataclass
from statistics import mean
from typing import Any

from ablation.shop_of_sequences import HALF_LIFE_DAYS, SIZE, TASTE_SHARE
from reporting import Bar, argument_parser, report
from shop.history_readers import read

SEEDS, QUICK_SEEDS = (3, 4, 5), (3,)
QUICK_EXPOSURES = 60_000


@dataclass(frozen=True)
class Kind:
    """What shops differ in; without a value as the shop has it by default."""

    half_life_days: float | None
    taste_share: float | None
    num_items: int


FORMER = Kind(None, None, 1000)
"""Compared on until tastes had a half-life."""
TRIED = [Kind(days, TASTE_SHARE, SIZE["num_items"]) for days in (7, 15, 30, 60)]
KINDS = [
    FORMER,
    Kind(15, None, 1000),
    Kind(15, None, SIZE["num_items"]),
    Kind(15, TASTE_SHARE, 1000),
    *TRIED,
]


def main() -> int:
    options = argument_parser((__doc__ or "").partition("\n")[0]).parse_args()
    found = {kind: readings(kind, options.quick) for kind in KINDS}
    leads = {kind: lead(own, "learned ") for kind, own in found.items()}
    chosen = Kind(HALF_LIFE_DAYS, TASTE_SHARE, SIZE["num_items"])
    largest = max(leads[kind] for kind in TRIED)
    name = f"lead of age at {HALF_LIFE_DAYS} days less the largest of half-lives"
    bars = [Bar(name, leads[chosen] - largest, 0.0)]
    table = [table_row(*each) for each in found.items()]
    details = {str(kind): own for kind, own in found.items()}
    return report("sequence_shop", table, bars, details, options)


def readings(kind: Kind, is_quick: bool) -> list[dict[str, float]]:
    """What can be read in shops of a kind, one of each seed."""
    from mtl_rec.data.synthetic_shop.simulation import simulate

    size = {**SIZE, "num_items": kind.num_items}
    if is_quick:
        size["num_exposures"] = QUICK_EXPOSURES
    tastes = {
        "taste_half_life_days": kind.half_life_days,
        "taste_share": kind.taste_share,
    }
    seeds = QUICK_SEEDS if is_quick else SEEDS
    return [read(simulate(**size, seed=seed, **tastes)) for seed in seeds]


def lead(shops: list[dict[str, float]], vectors: str) -> float:
    """Of weights by age on those by the number of clicks."""
    return mean(own[vectors + "age"] - own[vectors + "number"] for own in shops)


def table_row(kind: Kind, shops: list[dict[str, float]]) -> dict[str, Any]:
    """One kind of shop, the mean of its seeds."""

    def auc(name: str) -> str:
        return f"{mean(own[name] for own in shops):.4f}"

    half_life, share = kind.half_life_days, kind.taste_share
    half_gone = "never: a walk" if half_life is None else f"{half_life} days"
    return {
        "half of a taste has gone after": half_gone,
        "share of tastes": share or ".30 to .20",
        "items": kind.num_items,
        "a history spans": f"{mean(own['days'] for own in shops):.0f} days",
        "AUC without the taste": auc("no taste"),
        "weights by number": auc("number"),
        "by place": auc("place"),
        "by age": auc("age"),
        "lead of age": f"{lead(shops, ''):+.4f}",
        "where items are learned": f"{lead(shops, 'learned '):+.4f}",
        "with the taste": auc("taste"),
    }


if __name__ == "__main__":
    sys.exit(main())
