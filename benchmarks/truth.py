"""Ours, baselines and DeepCTR on the same encoded rows and split, over seeds.

    python benchmarks/truth.py
    python benchmarks/truth.py --only quickstart --contenders mmoe "DeepCTR MMOE"
"""

import sys
from pathlib import Path

from contenders import deepctr
from contenders.columns import fingerprint
from contenders.datasets import DATA_SETS, QUICK, DataSet, open_data_set
from contenders.runs import Place
from peers.environments import DEFAULT, python_of
from reporting import argument_parser

CONTENDERS = (*deepctr.ARCHITECTURES,)
WORK = DEFAULT.parent / "truth"


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=DATA_SETS, default=DATA_SETS)
    parser.add_argument(
        "--contenders", nargs="+", choices=CONTENDERS, default=CONTENDERS
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3, 4, 5])
    parser.add_argument("--work", type=Path, default=WORK, help="where runs are kept")
    parser.add_argument("--environments", type=Path, default=DEFAULT)
    options = parser.parse_args()
    names = QUICK if options.quick else options.only
    for name in names:
        data_set = open_data_set(name, QUICK[name] if options.quick else ())
        train_all(data_set, options)
    return 0


def train_all(data_set: DataSet, options) -> None:
    python = python_of("deepctr", options.environments, True)
    rows = fingerprint(data_set)
    print(data_set.name, rows, {p: len(e) for p, e in data_set.encoded.items()})
    for seed in options.seeds:
        for contender in options.contenders:
            settings = deepctr.settings_of(data_set, contender, rows)
            place = Place(options.work, data_set.name, contender, settings)
            if place.found(seed) is None:
                deepctr.train(place, seed, data_set, python)
            about = place.found(seed).about
            shown = {k: about[k] for k in ("validation", "cpu_seconds", "seconds")}
            print(f"{data_set.name}, seed {seed}, {contender}: {shown}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
