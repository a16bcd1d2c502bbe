"""Our kinds of retrieval and `implicit`'s ALS and BPR on one time split, over seeds.

    python benchmarks/retrieval.py
    python benchmarks/retrieval.py --only ml100k --contenders two_tower ALS popularity

Users who have an event in the test part are asked for 100 items at their first row
there; what they had an event with before is in no list, and what they then have an
event with should be in it. Some are new: for them `implicit` answers what is popular.
Those who had an event before are judged by themselves too. Every contender is tuned on
the validation part: the defaults and settings drawn from its grid, `--budget` in all,
on recall@100. With the best it learns from training and validation rows together, once
for each seed.

Items that nobody was shown, or did anything with, in either part are cold: of these
alone there are lists too. Items that a contender can't tell apart are drawn for each
user.

Intervals are over users, who are drawn anew and alike for all, and over seeds. What is
trained is kept in `--work`, so that a run that was interrupted goes on. `implicit` gets
an environment of its own on the first run.
"""

import sys
from pathlib import Path
from typing import Any

from peers.environments import DEFAULT, python_of
from reporting import kept_runs_parser, report
from retrieval_contenders.collecting import CONTENDERS, collect
from retrieval_contenders.datasets import DATA_SETS, QUICK, open_data_set
from retrieval_contenders.judged import judged
from retrieval_contenders.table import table_row
from retrieval_contenders.verdicts import bars_of, claims_of

WORK = DEFAULT.parent / "retrieval"
SEEDS, QUICK_SEEDS = (1, 2, 3), (1,)
BUDGET, QUICK_BUDGET = 8, 1


def main() -> int:
    options = parsed()
    python = python_of("implicit", options.environments, may_make=True)
    assert python is not None  # As it may be made.
    table, claims, details = [], [], {}
    for name in options.only:
        data_set = open_data_set(name, QUICK[name] if options.quick else ())
        runs = collect(data_set, python, options)
        contenders = {n: judged(data_set, n, own) for n, own in runs.items()}
        table += [table_row(own) for own in contenders.values()]
        claims += claims_of(contenders)
        details[name] = {n: details_of(own) for n, own in contenders.items()}
    details["claims"] = [own.as_json() for own in claims]
    which = "" if set(options.only) == set(DATA_SETS) else "_" + "_".join(options.only)
    versions = {"implicit": "0.7.3"}
    return report(
        f"retrieval{which}", table, bars_of(claims), details, options, versions
    )


def details_of(own: Any) -> dict[str, Any]:
    return {
        str(seed): {**judgement.plain(), "tried": own.runs[seed].about["tried"]}
        for seed, judgement in own.judgements.items()
    }


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
        "--budget",
        type=int,
        help=f"settings that each contender may try on validation ({BUDGET})",
    )
    parser.add_argument(
        "--environments",
        type=Path,
        default=DEFAULT,
        help=f"where `implicit` is installed ({DEFAULT})",
    )
    options = parser.parse_args()
    quick = options.quick
    options.only = options.only or (tuple(QUICK) if quick else DATA_SETS)
    options.seeds = options.seeds or (QUICK_SEEDS if quick else SEEDS)
    options.budget = options.budget or (QUICK_BUDGET if quick else BUDGET)
    if quick:
        options.work = options.work / "quick"
    return options


if __name__ == "__main__":
    sys.exit(main())
