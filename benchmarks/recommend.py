"""Lists of 20 for 1,000 customers of the simulated shop, against what they would buy.

    python benchmarks/recommend.py

The ranker and the retrieval models of `configs/quickstart.yaml` are made by the
commands that the README shows, and kept in `--work`. A customer is asked for at their
last exposure of the shop's last day; models know the rows up to a week before, and
histories up to the moment. The shop knows how likely each customer is to buy any of
its items: the best 20 are those of which they would most probably buy, if they were
shown them now, without what they have bought before.

All ways to make a list are asked for one customer after the other in one process, on
all cores, and timed from the request to the ids.
"""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from recommending.contenders import (
    LENGTH,
    Contender,
    Made,
    rank_everything,
    retrieve_alone,
    retrieve_and_rank,
)
from recommending.customers import Customer, LastDay, last_day_of
from recommending.versions import KINDS, make_versions
from reporting import Bar, argument_parser, report

from mtl_rec.config import load_config
from mtl_rec.metrics.estimate import Estimate, Totals
from mtl_rec.metrics.resampling import Resamples
from mtl_rec.retrieval.recommending import Recommender, open_recommender

CONFIG = Path(__file__).parents[1] / "configs" / "quickstart.yaml"
WORK = Path(tempfile.gettempdir()) / "mtl_rec_recommend"
CUSTOMERS, QUICK_CUSTOMERS = 1000, 50
QUOTAS = (25, 50, 100, 200)
WARM_UPS = 10
CAP = "{kind: cap, column: category, at_most: 1}"
AGES, NEW_DAYS = "ages.csv", 6
NEW = f"{{kind: require, column: age_days, at_most: {NEW_DAYS - 1}}}"
EVERYTHING, POPULARITY = "rank everything", "popularity alone"
SHARE_OF_CEILING, TIMES_POPULARITY = 0.9, 2.0


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--work", type=Path, default=WORK, help=f"where versions are kept ({WORK})"
    )
    parser.add_argument(
        "--set", nargs="+", default=[], metavar="PATH=VALUE", dest="settings"
    )
    options = parser.parse_args()
    make_versions(CONFIG, options.work, options.settings)
    config = load_config(CONFIG, options.settings)
    most = QUICK_CUSTOMERS if options.quick else CUSTOMERS
    day = last_day_of(config, most)
    write_ages(options.work / AGES, day.age_days)
    contenders = contenders_of(options.work, options.settings)
    made, seconds = measured(contenders, day.customers)
    figures = {name: Figures(own, day) for name, own in made.items()}
    table = [
        table_row(name, figures[name], figures[EVERYTHING], seconds[name])
        for name in contenders
    ]
    details = {
        "customers": len(day.customers),
        "items": len(day.age_days),
        "milliseconds": {
            n: (1e3 * own).round(2).tolist() for n, own in seconds.items()
        },
    }
    bars = bars_of(figures)
    return report("recommend", table, bars, details, options, notes=NOTES)


NOTES = (
    f"Best {LENGTH}: share of the {LENGTH} items that the customer would most probably "
    "buy, by the shop's own probabilities, that are in the list; with 95 % interval "
    "over customers. Purchases: what is expected of the list, as a share of what is "
    f"expected of the best {LENGTH}. New: share of places whose item is in the shop "
    f"for less than {NEW_DAYS} days. Candidates: items that the ranker scores.",
)


class Figures:
    """What the lists of one contender are worth.

    Args:
        made: By customer.
        day: Has the customers, in the same order.
    """

    def __init__(self, made: Sequence[Made], day: LastDay) -> None:
        customers = day.customers
        positions = [[int(i.removeprefix("i")) for i in own.item_ids] for own in made]
        pairs = list(zip(positions, customers, strict=True))
        hits = [len(set(own) & set(c.best(LENGTH).tolist())) for own, c in pairs]
        totals = Totals.of(
            Resamples.of(np.arange(len(customers))),
            hits=np.array(hits, float),
            places=np.full(len(customers), float(LENGTH)),
            expected=np.array([c.chances[own].sum() for own, c in pairs]),
            possible=np.array([c.chances[c.best(LENGTH)].sum() for c in customers]),
        )
        self.best: Estimate = totals.ratio("hits", "places")
        self.purchases: Estimate = totals.ratio("expected", "possible")
        self.new = float(np.mean(day.age_days[np.concatenate(positions)] < NEW_DAYS))
        self.ranked = float(np.mean([own.ranked for own in made]))


def contenders_of(work: Path, settings: Sequence[str]) -> dict[str, Contender]:
    """All ways to make a list, by name."""

    folder = work / "saved_models"

    def source(kind: str, quota: int, name: str = "", more: str = "") -> str:
        version = f"'{folder / f'{CONFIG.stem}-{kind}'}'"
        return f"{{name: {name or kind}, version: {version}, quota: {quota}{more}}}"

    def opened(*sources: str, rules: str = "") -> Recommender:
        return open_recommender(
            load_config(
                CONFIG,
                [
                    *settings,
                    f"recommendation.sources=[{', '.join(sources)}]",
                    f"recommendation.rules=[{rules}]",
                    f"recommendation.items={{path: '{work / AGES}'}}",
                    f"recommendation.ranker='{folder / CONFIG.stem}'",
                    f"recommendation.list_length={LENGTH}",
                ],
            )
        )

    contenders = {}
    for quota in QUOTAS:
        recommender = opened(*(source(kind, quota) for kind in KINDS))
        name = f"retrieve {quota} of each source, rank"
        contenders[name] = retrieve_and_rank(recommender)
    of_each = [source(kind, 100) for kind in KINDS]
    capped = opened(*of_each, rules=CAP)
    contenders["the same of 100, each category once"] = retrieve_and_rank(capped)
    of_new = source("content", 100, "new", f", only: [{NEW}]")
    with_new = opened(*of_each, of_new)
    contenders["the same of 100, and 100 new items"] = retrieve_and_rank(with_new)
    contenders[EVERYTHING] = rank_everything(recommender)
    contenders["all sources alone"] = retrieve_alone(recommender)
    for kind in KINDS:
        contenders[f"{kind} alone"] = retrieve_alone(opened(source(kind, LENGTH)))
    return contenders


def write_ages(path: Path, age_days: np.ndarray) -> None:
    """What a shop knows of its items today, and no model reads."""
    lines = [f"i{item},{age}\n" for item, age in enumerate(age_days.tolist())]
    path.write_text("item_id,age_days\n" + "".join(lines))


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
    name: str, own: Figures, ceiling: Figures, seconds: np.ndarray
) -> dict[str, Any]:
    low, high = own.best.interval or (np.nan, np.nan)
    return {
        "list": name,
        "candidates": f"{own.ranked:,.0f}",
        f"best {LENGTH}": f"{own.best.value:.3f} ({low:.3f} to {high:.3f})",
        "of ceiling": f"{own.best.value / ceiling.best.value:.2f}",
        "new": f"{own.new:.3f}",
        "purchases": f"{own.purchases.value:.3f}",
        "p50 ms": f"{1e3 * np.quantile(seconds, 0.5):.1f}",
        "p95 ms": f"{1e3 * np.quantile(seconds, 0.95):.1f}",
    }


def bars_of(figures: dict[str, Figures]) -> list[Bar]:
    ours = figures[f"retrieve {QUOTAS[-2]} of each source, rank"].best
    to_ceiling = ours.value / figures[EVERYTHING].best.value
    to_popularity = ours.value / figures[POPULARITY].best.value
    what = f"best {LENGTH} that reach the list"
    return [
        Bar(f"{what}, of the ceiling", to_ceiling, SHARE_OF_CEILING),
        Bar(f"{what}, times popularity", to_popularity, TIMES_POPULARITY),
    ]


if __name__ == "__main__":
    sys.exit(main())
