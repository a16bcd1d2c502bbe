"""Lists of 20 for 1,000 customers of the simulated shop, against what they would buy.

    python benchmarks/recommend.py
    python benchmarks/recommend.py --only quickstart

The ranker and the retrieval models of `configs/quickstart.yaml` are made by the
commands that the README shows, and kept in `--work`; once as it is and once for a shop
with ten times the items. A customer is asked for at their last exposure of the shop's
last day; models know the rows up to a week before, and histories up to the moment. The
shop knows how likely each customer is to buy any of its items: the best 20 are those of
which they would most probably buy, if they were shown them now, without what they have
bought before.

All ways to make a list are asked for one customer after the other in one process, on
all cores, and timed from the request to the ids.
"""

import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from recommending.contenders import Contender, Made
from recommending.customers import LENGTH, Customer, last_day_of
from recommending.figures import NEW_DAYS, Figures
from recommending.lists import EVERYTHING, OURS, POPULARITY, contenders_of
from recommending.versions import CONFIG, make_versions, write_ages
from reporting import Bar, argument_parser, report

from mtl_rec.config import load_config

SHOPS: dict[str, tuple[str, ...]] = {
    "quickstart": (),
    "large": ("data.source.num_items=20_000", "data.source.num_exposures=500_000"),
}
WORK = Path(tempfile.gettempdir()) / "mtl_rec_recommend"
CUSTOMERS, QUICK_CUSTOMERS = 1000, 50
WARM_UPS = 10
SHOWN = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
"""Quantiles of milliseconds in the JSON file."""
SHARE_OF_CEILING, TIMES_POPULARITY = 0.9, 2.0
NOTES = (
    f"Best {LENGTH}: share of the {LENGTH} items that the customer would most probably "
    "buy, by the shop's own probabilities, that are in the list; with 95 % interval "
    "over customers. Purchases: what is expected of the list, as a share of what is "
    f"expected of the best {LENGTH}. New: share of places whose item is in the shop "
    f"for less than {NEW_DAYS} days. Candidates: items that the ranker scores.",
)


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=SHOPS, metavar="SHOP")
    parser.add_argument(
        "--work", type=Path, default=WORK, help=f"where versions are kept ({WORK})"
    )
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    options = parser.parse_args()
    chosen = options.only or (["quickstart"] if options.quick else list(SHOPS))
    table, bars, details = [], [], {}
    for shop in chosen:
        most = QUICK_CUSTOMERS if options.quick else options.customers
        figures, seconds = measured_shop(options.work / shop, SHOPS[shop], most)
        table += [
            {"shop": shop} | table_row(name, figures, seconds[name]) for name in figures
        ]
        bars += bars_of(shop, figures)
        details[shop] = {
            name: {f"p{100 * q:g}": round(1e3 * np.quantile(own, q), 2) for q in SHOWN}
            for name, own in seconds.items()
        }
    return report("recommend", table, bars, details, options, notes=NOTES)


def measured_shop(
    work: Path, settings: Sequence[str], most: int
) -> tuple[dict[str, Figures], dict[str, np.ndarray]]:
    """What lists are worth, and what each took in seconds, by the way they are made."""
    make_versions(work, settings)
    day = last_day_of(load_config(CONFIG, settings), most)
    write_ages(work, day.age_days)
    made, seconds = measured(contenders_of(work, settings), day.customers)
    return {name: Figures(own, day) for name, own in made.items()}, seconds


def measured(
    contenders: dict[str, Contender], customers: Sequence[Customer]
) -> tuple[dict[str, list[Made]], dict[str, np.ndarray]]:
    """Lists of every contender for every customer, and what each took in seconds."""
    for customer in customers[:WARM_UPS]:
        for make in contenders.values():
            make(customer)
    made: dict[str, list[Made]] = {name: [] for name in contenders}
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for customer in customers:
        for name, make in contenders.items():
            started = time.perf_counter()
            made[name].append(make(customer))
            seconds[name].append(time.perf_counter() - started)
    return made, {name: np.array(own) for name, own in seconds.items()}


def table_row(
    name: str, figures: Mapping[str, Figures], seconds: np.ndarray
) -> dict[str, Any]:
    own, ceiling = figures[name], figures[EVERYTHING]
    low, high = own.best.interval or (np.nan, np.nan)
    return {
        "list": name,
        "candidates": f"{own.ranked:,.0f}",
        f"best {LENGTH}": f"{own.best.value:.3f} ({low:.3f} to {high:.3f})",
        "of ceiling": f"{own.best.value / ceiling.best.value:.2f}",
        "purchases": f"{own.purchases.value:.3f}",
        "new": f"{own.new:.3f}",
        "p50 ms": f"{1e3 * np.quantile(seconds, 0.5):.1f}",
        "p95 ms": f"{1e3 * np.quantile(seconds, 0.95):.1f}",
    }


def bars_of(shop: str, figures: Mapping[str, Figures]) -> list[Bar]:
    ours = figures[OURS].best.value
    to_ceiling = ours / figures[EVERYTHING].best.value
    to_popularity = ours / figures[POPULARITY].best.value
    what = f"{shop}, best {LENGTH} that reach the list"
    return [
        Bar(f"{what}, of the ceiling", to_ceiling, SHARE_OF_CEILING),
        Bar(f"{what}, times popularity", to_popularity, TIMES_POPULARITY),
    ]


if __name__ == "__main__":
    sys.exit(main())
