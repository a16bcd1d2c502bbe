"""The encoders of histories on the same rows: what each predicts, and what it costs.

    python benchmarks/sequence_ablation.py
    python benchmarks/sequence_ablation.py --only quickstart --seeds 1 2

The rows of a shipped config are encoded once; its model is trained with every history
encoded by mean, last, cnn, gru, din, dien, and transformer (`sees: earlier`, with
rotary positions, and `candidate`), or with one by din and the others `along` with it.
All have their defaults and the config's batch size, epochs and rule for stopping, over
three seeds. Nothing else differs, and no default was chosen by these figures.

`quickstart` is the simulated shop: here over a year, with so many clicks of each
customer that there are histories to read, tastes that decide more, of which half has
gone after 15 days, and few items. In the shop of a year as it is otherwise tastes walk
so slowly that time says nothing of them: weights by the age of a click gain .0001 in
AUC on one weight for all, for a reader who knows the rest; here .0125, or .0056 where
it must learn the items. The half-life is the one of those tried by which it gains most,
chosen before an encoder was trained there (`python benchmarks/sequence_shop.py`). Every
row reads the time gaps of its history of items, the mean's as well. It is scored
against its true probabilities, the public logs against their labels.

Differences from the mean are paired by seed; their 95 % intervals are over users, who
are drawn anew, and seeds. Rows per second are those of the fastest epoch, validation
left out; compare those alone that were trained on the same. What is trained is kept in
`--work`, so that a run that was interrupted goes on, and may come from another machine.
"""

import sys
from typing import Any

from ablation.encoders import ENCODERS, collect
from ablation.scores import bars_of, ceiling_sentences, scores_of, table_row
from ablation.shop_of_sequences import OVERRIDES, with_time_gaps
from contenders.columns import fingerprint
from contenders.datasets import DataSet, open_data_set
from contenders.scored import scored_outputs
from peers.environments import DEFAULT
from reporting import kept_runs_parser, report

WORK = DEFAULT.parent / "sequence_ablation"
DATA_SETS = ("quickstart", "taobao_userbehavior", "rees46")
"""Configs."""
QUICK = ("data.source.num_exposures=20000", "training.epochs=2")
QUICK_DATA, QUICK_ENCODERS = ("quickstart",), ("mean", "din")
SEEDS, QUICK_SEEDS = (1, 2, 3), (1,)


def main() -> int:
    options = parsed()
    table, bars, notes, details = [], [], [], {}
    for name in options.only:
        data_set = opened(name, QUICK if options.quick else ())
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


def opened(name: str, extra: tuple[str, ...]) -> DataSet:
    """Rows of a config, of the shop that this is about where they are simulated."""
    if name == "quickstart":
        return open_data_set(name, (*OVERRIDES, *extra), with_time_gaps)
    return open_data_set(name, extra)


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
