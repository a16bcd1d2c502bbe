"""Ours, baselines and DeepCTR on the same encoded rows and split, over seeds.

    python benchmarks/truth.py
    python benchmarks/truth.py --only quickstart --contenders single_task mmoe

The shipped configs are encoded once by our preprocessor; all contenders train on these
rows with the batch size, epochs and rule for stopping of the config, and predict the
same test rows. DeepCTR's models get the config's widths of embeddings and layers too
and keep their own defaults otherwise, in an environment that is made on the first run.
What they say of a purchase given the click is the ratio of two of their outputs; where
negatives were sampled, their rates are put right as ours are, which raises their AUCs.

A difference of AUCs is paired by seed; its 95 % interval is over users, who are drawn
anew, and seeds. Bars are for outputs with 300 test positives or more. What is trained
is kept in `--work`, so that a run that was interrupted goes on.
"""

import sys
from pathlib import Path
from typing import Any

from contenders import deepctr
from contenders.collecting import CONTENDERS, Runs, collect
from contenders.comparing import aucs
from contenders.datasets import DATA_SETS, QUICK, open_data_set
from contenders.scored import Scored, scored_outputs
from contenders.table import overview_row, table_row
from contenders.verdicts import bars_of, comparisons_of, sentences, unclaimed
from peers.environments import DEFAULT
from reporting import kept_runs_parser, markdown, report

WORK = DEFAULT.parent / "truth"
SEEDS, QUICK_SEEDS = (1, 2, 3, 4, 5), (1,)


def main() -> int:
    options = parsed()
    table, overview, comparisons, details = [], [], [], {}
    for name in options.only:
        data_set = open_data_set(name, QUICK[name] if options.quick else ())
        runs = collect(data_set, options)
        for output in scored_outputs(data_set):
            scores = scores_of(output, runs)
            table += [table_row(output, n, own, runs[n]) for n, own in scores.items()]
            overview.append(overview_row(output, scores, options.contenders))
            comparisons += comparisons_of(output, scores, options.contenders)
        details[name] = details_of(runs)
    which = "" if set(options.only) == set(DATA_SETS) else "_" + "_".join(options.only)
    details["comparisons"] = [comparison.as_json() for comparison in comparisons]
    notes = ["Mean AUC over the seeds:", markdown(overview), *sentences(comparisons)]
    notes += [text for text in (unclaimed(comparisons),) if text]
    bars = bars_of(comparisons)
    versions = {f"{package} of DeepCTR": v for package, v in deepctr.VERSIONS.items()}
    return report(f"truth{which}", table, bars, details, options, versions, notes)


def parsed() -> Any:
    parser = kept_runs_parser((__doc__ or "").partition("\n")[0], DATA_SETS, WORK)
    parser.add_argument(
        "--contenders",
        nargs="+",
        choices=CONTENDERS,
        default=CONTENDERS,
        metavar="CONTENDER",
        help=", ".join(CONTENDERS),
    )
    parser.add_argument(
        "--report-only", action="store_true", help="of the runs that are there"
    )
    parser.add_argument(
        "--reuse-deepctr",
        action="store_true",
        help="take its kept runs on the same rows, whatever widths it had",
    )
    parser.add_argument(
        "--environments",
        type=Path,
        default=DEFAULT,
        help=f"where DeepCTR is installed ({DEFAULT})",
    )
    options = parser.parse_args()
    options.only = options.only or (tuple(QUICK) if options.quick else DATA_SETS)
    options.seeds = options.seeds or (QUICK_SEEDS if options.quick else SEEDS)
    if options.quick and not set(options.only) <= set(QUICK):
        parser.error(f"`--quick` knows {', '.join(QUICK)} alone.")
    if min(options.seeds) < 1:
        parser.error(f"`--seeds` must be 1 or more. Received: {min(options.seeds)}.")
    return options


def scores_of(output: Scored, runs: Runs) -> dict[str, Any]:
    """By contender that ran, its AUCs on one output."""
    return {
        contender: aucs(
            output,
            {
                seed: run.predictions[output.name][output.rows]
                for seed, run in own.items()
            },
        )
        for contender, own in runs.items()
    }


def details_of(runs: Runs) -> dict[str, Any]:
    """What was trained, how and at what cost, by contender and seed."""
    return {
        contender: {seed: dict(run.about) for seed, run in own.items()}
        for contender, own in runs.items()
    }


if __name__ == "__main__":
    sys.exit(main())
