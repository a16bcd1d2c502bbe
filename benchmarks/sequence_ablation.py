"""The encoders of histories on the same rows: what each predicts, and what it costs.

    python benchmarks/sequence_ablation.py
    python benchmarks/sequence_ablation.py --only quickstart --seeds 1 2

The rows of a shipped config are encoded once; its model is trained with every history
encoded by mean, last, cnn, gru, din, dien, and transformer (`sees: earlier` and
`candidate`), or with one by din and the others `along` with it. All have their defaults
and the config's batch size, epochs and rule for stopping, over three seeds. Nothing
else differs, and no default was chosen by these figures.

`quickstart` is the simulated shop, where tastes drift from day to day: here over a
year, with so many clicks of each customer that there are histories to read. Who is
ahead differs from shop to shop. It is scored against its true probabilities, the public
logs against their labels.

Differences from the mean are paired by seed; their 95 % intervals are over users, who
are drawn anew, and seeds. Rows per second are those of the fastest epoch, validation
left out; compare those alone that were trained on the same. What is trained is kept in
`--work`, so that a run that was interrupted goes on, and may come from another machine.
"""

import sys
from typing import Any

from ablation.encoders import ENCODERS, collect
from ablation.scores import bars_of, ceiling_sentences, scores_of, table_row
from contenders.columns import fingerprint
from contenders.datasets import open_data_set
from contenders.scored import scored_outputs
from peers.environments import DEFAULT
from reporting import kept_runs_parser, report

WORK = DEFAULT.parent / "sequence_ablation"
SHOP = (
    "data.source.num_exposures=600_000",
    "data.source.num_users=1000",
    "data.source.num_items=1000",
    "data.source.num_days=365",
    "data.source.seed=3",
)
DATA_SETS = {"quickstart": SHOP, "taobao_userbehavior": (), "rees46": ()}
"""By config, what is set in it."""
QUICK = ("data.source.num_exposures=20000", "training.epochs=2")
QUICK_DATA, QUICK_ENCODERS = ("quickstart",), ("mean", "din")
SEEDS, QUICK_SEEDS = (1, 2, 3), (1,)


def main() -> int:
    options = parsed()
    table, bars, notes, details = [], [], [], {}
    for name in options.only:
        extra = QUICK if options.quick else ()
        data_set = open_data_set(name, (*DATA_SETS[name], *extra))
        rows = fingerprint(data_set)
        runs = collect(data_set, rows, options.encoders, options.seeds, options.work)
        outputs = scored_outputs(data_set)
        notes += ceiling_sentences(outputs)
        for output in outputs:
            scores = scores_of(output, runs)
            table += [table_row(output, n, scores, own) for n, own in runs.items()]
            bars += bars_of(output, scores)
        details[name] = {
            encoder: {seed: dict(run.about) for seed, run in own.items()}
            for encoder, own in runs.items()
        }
    which = "" if set(options.only) == set(DATA_SETS) else "_" + "_".join(options.only)
    title = f"sequence_ablation{which}"
    return report(title, table, bars, details, options, notes=notes)


def parsed() -> Any:
    parser = kept_runs_parser((__doc__ or "").partition("\n")[0], DATA_SETS, WORK)
    parser.add_argument(
        "--encoders",
        nargs="+",
        choices=ENCODERS,
        metavar="ENCODER",
        help="mean and any of: " + "; ".join(ENCODERS),
    )
    options = parser.parse_args()
    options.only = options.only or list(QUICK_DATA if options.quick else DATA_SETS)
    options.encoders = options.encoders or list(
        QUICK_ENCODERS if options.quick else ENCODERS
    )
    options.seeds = options.seeds or (QUICK_SEEDS if options.quick else SEEDS)
    if "mean" not in options.encoders:
        parser.error("`--encoders` must have mean, which all others are compared with.")
    return options


if __name__ == "__main__":
    sys.exit(main())
