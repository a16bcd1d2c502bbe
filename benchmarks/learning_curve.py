"""How much of the shop's true probabilities is learned from 200,000 and 5 million rows.

    python benchmarks/learning_curve.py
    python benchmarks/learning_curve.py --seeds 7

Every seed is a shop of 30 days with 5,000 users and 2,000 items. The quickstart model
learns from 5 million exposures of it, and again from some of them drawn at random; both
predict the newest 200,000 exposures, and are scored against the true probabilities.
What the true probabilities themselves would score is the ceiling, and a share is of
its lift over an AUC of 0.5. Part of that nobody can reach: every exposure has a noise
of its own, and no customer has shown all likings. `shop/knowable.py` says how far a
learner would come in clicks that had only these likings to find.
"""

import os
import sys
import tempfile
from pathlib import Path
from statistics import mean
from typing import Any

# As the command line does: see `mtl_rec.cli.backend`.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from contenders.datasets import CONFIGS
from contenders.fitting import fitted
from reporting import Bar, argument_parser, report
from shop.knowable import knowable_logits, open_world

from mtl_rec.metrics.resampling import Resamples
from mtl_rec.metrics.soft import soft_auc

EVENTS = ("click", "add_to_cart", "purchase")
SEEDS = (301, 302)
MANY, FEW, TEST = 5_000_000, 200_000, 200_000
QUICK_MANY, QUICK_FEW, QUICK_TEST = 60_000, 20_000, 10_000
SHOP = {"num_users": 5_000, "num_items": 2_000, "num_days": 30}
OF_CEILING = dict(zip(EVENTS, (0.90, 0.85, 0.80), strict=True))
OF_MANY = dict(zip(EVENTS, (0.90, 0.80, 0.70), strict=True))


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS, metavar="SEED")
    parser.add_argument(
        "--set", nargs="+", default=(), metavar="SETTING", help="of the config"
    )
    options = parser.parse_args()
    many, few, test = (
        (QUICK_MANY, QUICK_FEW, QUICK_TEST) if options.quick else (MANY, FEW, TEST)
    )
    table = []
    for seed in options.seeds[:1] if options.quick else options.seeds:
        table += measured(seed, few, many, test, options.set)
    return report("learning_curve", table, bars_of(table, few, many), table, options)


def measured(
    seed: int, few: int, many: int, test: int, settings: list[str]
) -> list[dict[str, Any]]:
    """One row for each event and number of exposures."""
    from mtl_rec.data.synthetic_shop import simulate_shop

    num_rows = many + 2 * test
    table = simulate_shop(num_exposures=num_rows, seed=seed, **SHOP)
    truth = {
        event: table.column(f"true_{event}").to_numpy()[-test:] for event in EVENTS
    }
    random = np.random.default_rng(1)
    learned = {
        few: np.sort(random.choice(many, few, replace=False)),
        many: np.arange(many),
    }
    known = known_clicks(seed, num_rows, learned, test, truth["click"])
    rows = []
    for size, train in learned.items():
        predictions = trained(table, train, many, test, settings)
        for event in EVENTS:
            ceiling = auc(truth[event], truth[event])
            reached = auc(truth[event], predictions[event])
            rows.append(
                {
                    "shop": seed,
                    "training exposures": size,
                    "event": event,
                    "AUC": reached,
                    "ceiling": ceiling,
                    "share of its lift": lift(reached) / lift(ceiling),
                    "knowable share": known[size] if event == "click" else "",
                }
            )
            print(rows[-1], flush=True)
    return rows


def known_clicks(
    seed: int,
    num_rows: int,
    learned: dict[int, np.ndarray],
    test: int,
    truth: np.ndarray,
) -> dict[int, float]:
    """By number of exposures, the share of the lift that could be known of clicks."""
    world = open_world(num_rows, seed=seed, **SHOP)
    tested = np.arange(num_rows - test, num_rows)
    np.testing.assert_array_equal(world.probabilities[tested], truth)
    ceiling = lift(auc(truth, truth))
    return {
        size: lift(auc(truth, knowable_logits(world, train, tested))) / ceiling
        for size, train in learned.items()
    }


def trained(
    table: pa.Table, train: np.ndarray, many: int, test: int, settings: list[str]
) -> dict[str, np.ndarray]:
    """By event, what the quickstart model predicts of the newest rows."""
    from mtl_rec.config import load_config
    from mtl_rec.data import open_exposures
    from mtl_rec.evaluation import predict
    from mtl_rec.preprocess import Preprocessor

    # As many rows decide when to stop, for their number, as in the shipped config.
    validation = np.arange(many, many + min(test, len(train) // 7))
    tested = np.arange(many + test, many + 2 * test)
    parts = {"train": train, "validation": validation, "test": tested}
    names = pa.array(np.repeat(list(parts), [len(own) for own in parts.values()]))
    chosen = table.take(np.concatenate(list(parts.values())))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "exposures.parquet")
        pq.write_table(chosen.append_column("part", names), file)
        overrides = [
            *("data.source.kind=table", f"data.source.path={file}"),
            *("data.split.kind=column", "data.split.column=part"),
        ]
        config = load_config(CONFIGS / "quickstart.yaml", [*overrides, *settings])
        splits = open_exposures(config.data, config.features, config.tasks)
        preprocessor = Preprocessor.fit(config.features, config.tasks, splits.train)
        encoded = {name: preprocessor.encode(getattr(splits, name)) for name in parts}
        model, _ = fitted(config, preprocessor.schema, encoded, config.seed)
        return predict(model, encoded["test"])


def auc(truth: np.ndarray, scores: np.ndarray) -> float:
    """On average over all labels that could have been drawn."""
    unsampled = Resamples.of(np.arange(len(truth)), 0)
    return soft_auc(truth, scores.reshape(-1), unsampled).value


def lift(auc: float) -> float:
    """Over what chance has."""
    return auc - 0.5


def bars_of(table: list[dict[str, Any]], few: int, many: int) -> list[Bar]:
    """Of every event, on average over the shops."""

    def shares(event: str, size: int) -> list[float]:
        return [
            row["share of its lift"]
            for row in table
            if (row["event"], row["training exposures"]) == (event, size)
        ]

    bars = []
    for event in EVENTS:
        of_many = shares(event, many)
        ratios = [
            own / most for own, most in zip(shares(event, few), of_many, strict=True)
        ]
        bars += [
            Bar(
                f"{event}, {many:,} exposures, share of the ceiling's lift",
                mean(of_many),
                OF_CEILING[event],
                interval=(min(of_many), max(of_many)),
            ),
            Bar(
                f"{event}, {few:,} exposures, share of the lift of {many:,}",
                mean(ratios),
                OF_MANY[event],
                interval=(min(ratios), max(ratios)),
            ),
        ]
    return bars


if __name__ == "__main__":
    sys.exit(main())
