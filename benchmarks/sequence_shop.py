"""Which simulated shop the encoders of histories are compared on, by its truth alone.

    python benchmarks/sequence_shop.py

For shops of a year that differ in how fast tastes change: what one who knew all else of
an exposure gains from weights by the place or the age of a click, on the best that can
be told without (`shop/history_readers.py`). No model is trained. `sequence_ablation.py`
takes the half-life whose lead is the largest here.
"""

import sys
from statistics import mean
from typing import Any

from ablation.shop_of_sequences import HALF_LIFE_DAYS, SIZE
from reporting import Bar, argument_parser, report
from shop.history_readers import read

HALF_LIVES = (None, 7, 15, 30, 60, 120)
SEEDS, QUICK_SEEDS = (3, 4, 5), (3,)
QUICK_EXPOSURES = 60_000


def main() -> int:
    from mtl_rec.data.synthetic_shop.simulation import simulate

    options = argument_parser((__doc__ or "").partition("\n")[0]).parse_args()
    size = {**SIZE, "num_exposures": QUICK_EXPOSURES} if options.quick else SIZE
    found: dict[float | None, list[dict[str, float]]] = {}
    for half_life in HALF_LIVES:
        for seed in QUICK_SEEDS if options.quick else SEEDS:
            shop = simulate(**size, seed=seed, taste_half_life_days=half_life)
            found.setdefault(half_life, []).append(read(shop))
    leads = {
        half_life: mean(own["age"] - own["number"] for own in shops)
        for half_life, shops in found.items()
    }
    table = [table_row(*each, leads[each[0]]) for each in found.items()]
    best = max(leads.values())
    name = f"lead at {HALF_LIFE_DAYS} days less the largest"
    bars = [Bar(name, leads[HALF_LIFE_DAYS] - best, 0.0)]
    details = {str(half_life): shops for half_life, shops in found.items()}
    return report("sequence_shop", table, bars, details, options)


def table_row(
    half_life: float | None, shops: list[dict[str, float]], lead: float
) -> dict[str, Any]:
    """One kind of shop, the mean of its seeds."""

    def auc(name: str) -> str:
        return f"{mean(own[name] for own in shops):.4f}"

    days = mean(own["days"] for own in shops)
    half_gone = "never: a walk" if half_life is None else f"{half_life} days"
    return {
        "half of a taste has gone after": half_gone,
        "a history spans": f"{days:.0f} days",
        "AUC without the taste": auc("no taste"),
        "weights by number of clicks": auc("number"),
        "by place": auc("place"),
        "by age": auc("age"),
        "lead of age": f"{lead:+.4f}",
        "with the taste": auc("taste"),
    }


if __name__ == "__main__":
    sys.exit(main())
