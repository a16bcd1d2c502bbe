"""Trains models of one log that read its items' texts in several ways."""

from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from contenders.columns import fingerprint
from contenders.datasets import CONFIGS, PARTS, DataSet
from contenders.ours import code_digest
from contenders.runs import Place, Run, write_run
from contenders.scored import Scored, scored_outputs

from ablation.cold import band_rows, tuning_loss
from ablation.latency import request_milliseconds
from ablation.texts import (
    BAG,
    CANDIDATES,
    FROZEN,
    IDS,
    ITEM,
    OFTEN_DROPPED,
    Case,
    some_rows,
    texts_of_items,
    training_counts,
)
from ablation.training import trained

FEW_ROWS = {"train": 20_000, "validation": 5_000, "test": 20_000}
FEW_SETTINGS = (OFTEN_DROPPED, "training.batch_size=128", "training.epochs=2")


@dataclass
class Readings:
    """What models predict of one log, and what that cost.

    Attributes:
        title: Of the log, and the rows that are learned from.
        is_few: Whether these are some of them.
        outputs: By seed, what is scored on the test part.
        bands: By seed, masks of rows by how often their item is in training.
        ceilings: By seed and name, what learners would predict who knew, by event.
        runs: By variant and seed.
        request_ms: By variant.
        opened: By variant, the rows of the first seed.
    """

    title: str
    is_few: bool = False
    outputs: dict[int, list[Scored]] = field(default_factory=dict)
    bands: dict[int, dict[str, np.ndarray]] = field(default_factory=dict)
    ceilings: dict[int, dict[str, Mapping[str, np.ndarray]]] = field(
        default_factory=dict
    )
    runs: dict[str, dict[int, Run]] = field(default_factory=dict)
    request_ms: dict[str, float] = field(default_factory=dict)
    opened: dict[str, DataSet] = field(default_factory=dict)

    def about(self) -> dict[str, Any]:
        """How every run was trained."""
        return {
            variant: {seed: dict(run.about) for seed, run in own.items()}
            for variant, own in self.runs.items()
        }


def collect(case: Case, options: Namespace) -> list[Readings]:
    """Kept runs, and those that are trained now: of all rows, and of few."""
    case = replace(case, overrides=(*case.overrides, *options.overrides))
    everything = Readings(case.config)
    few = Readings(f"{case.config}, {FEW_ROWS['train']:,} rows", is_few=True)
    chosen: dict[str, tuple[str, ...]] = {}
    opened: dict[str, DataSet] = {}
    for number, seed in enumerate(options.seeds):
        if case.seed_setting:
            opened.clear()
        few_variants = options.few_variants if number == 0 else []
        for variant in dict.fromkeys([*options.variants, *few_variants]):
            vectors = None
            if variant == FROZEN:
                vectors = item_vectors(case, seed, options)
            if variant not in opened:
                opened[variant] = case.opened(seed, variant, options.model, vectors)
            data_set = opened[variant]
            if variant == IDS:
                scored(everything, case, data_set, seed)
            if variant in options.variants:
                tried = CANDIDATES if number == 0 else (chosen[variant],)
                runs = {
                    settings: kept_run(data_set, variant, settings, seed, options)
                    for settings in tried
                }
                best = min(runs, key=lambda own: runs[own].about["tuning_loss"])
                chosen[variant] = best
                everything.runs.setdefault(variant, {})[seed] = runs[best]
            if variant in few_variants:
                part = few_rows(data_set, seed)
                if variant == IDS:
                    few_scored(few, everything, part[1], seed)
                run = kept_run(part[0], variant, FEW_SETTINGS, seed, options)
                few.runs.setdefault(variant, {})[seed] = run
        if number == 0:
            everything.opened = few.opened = dict(opened)
    return [everything, few] if few.runs else [everything]


def time_requests(readings: list[Readings]) -> None:
    """Asks for rankings, after the last training: TensorFlow's C library ends XLA."""
    timed: dict[int, float] = {}
    for own in readings:
        for variant in own.runs:
            data_set = own.opened[variant]
            if id(data_set) not in timed:
                timed[id(data_set)] = request_milliseconds(data_set)
            own.request_ms[variant] = timed[id(data_set)]


def scored(readings: Readings, case: Case, data_set: DataSet, seed: int) -> None:
    """Says what is scored, and what could be reached."""
    readings.outputs[seed] = [
        output for output in scored_outputs(data_set) if output.given is None
    ]
    readings.bands[seed] = band_rows(training_counts(data_set, "test"))
    if case.config == "quickstart":
        readings.ceilings[seed] = ceilings(data_set, readings.outputs[seed])


def ceilings(
    data_set: DataSet, outputs: list[Scored]
) -> dict[str, Mapping[str, np.ndarray]]:
    """What is predicted by the truth, and by who could read alone, by event."""
    from shop.readable import readable_probabilities

    from mtl_rec.data.synthetic_shop.simulation import simulate

    source = data_set.config.data.source.model_dump(exclude={"kind"})
    shop = simulate(**source)
    num_rows = len(data_set.encoded["test"])
    truth = {output.name: output.truth for output in outputs}
    found = {}
    for name, own in {"true": (), "readable": None}.items():
        known = readable_probabilities(shop, *([] if own is None else [own]))
        found[name] = {event: values[-num_rows:] for event, values in known.items()}
    for event, values in truth.items():
        # The test part is the newest rows, in their order.
        np.testing.assert_allclose(found["true"][event], values, rtol=1e-5)
    return found


def item_vectors(case: Case, seed: int, options: Namespace) -> Path:
    """The file of the vectors of all items' texts, made once."""
    from mtl_rec.pretrained import load_text_encoder
    from mtl_rec.pretrained.encoding_items import encode_items

    which = f"-{seed}" if case.seed_setting else ""
    path = options.work / "vectors" / f"{case.config}{which}.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        encoder = load_text_encoder(str(options.model))
        # Of rows that have the text.
        texts = texts_of_items(case, case.opened(seed, BAG, None, None))
        encode_items(texts, encoder, path, progress=print_progress)
    return path


def print_progress(done: int, total: int) -> None:
    """Says how many texts have vectors."""
    if done == total or done % 1024 == 0:
        print(f"{done:,} of {total:,} texts encoded", flush=True)


def few_rows(data_set: DataSet, seed: int) -> tuple[DataSet, np.ndarray]:
    """The same with fewer rows in each part, and those of the test part."""
    random = np.random.default_rng(seed)
    encoded, kept = {}, {}
    for part in PARTS:
        own = data_set.encoded[part]
        num_rows = min(FEW_ROWS[part], len(own))
        kept[part] = np.sort(random.choice(len(own), num_rows, replace=False))
        encoded[part] = some_rows(own, kept[part])
    return replace(data_set, encoded=encoded), kept["test"]


def few_scored(few: Readings, all_rows: Readings, kept: np.ndarray, seed: int) -> None:
    """Scores some of the test rows, as all of them are scored."""
    few.bands[seed] = {band: rows[kept] for band, rows in all_rows.bands[seed].items()}
    few.ceilings = {
        seed: {
            name: {event: values[kept] for event, values in own.items()}
            for name, own in all_rows.ceilings.get(seed, {}).items()
        }
    }
    few.outputs[seed] = list(_few_outputs(all_rows.outputs[seed], kept))


def _few_outputs(outputs: list[Scored], kept: np.ndarray) -> Iterator[Scored]:
    for output in outputs:
        places = np.searchsorted(output.rows, kept)
        places = np.minimum(places, len(output.rows) - 1)
        is_scored = output.rows[places] == kept
        places = places[is_scored]
        truth, weights = output.truth, output.weights
        yield replace(
            output,
            rows=np.flatnonzero(is_scored),
            labels=output.labels[places],
            weights=None if weights is None else weights[places],
            draws=output.draws.rows(places),
            truth=None if truth is None else truth[places],
        )


def kept_run(
    data_set: DataSet,
    variant: str,
    settings: tuple[str, ...],
    seed: int,
    options: Namespace,
) -> Run:
    """One model, from its place or trained now."""
    from mtl_rec.config import load_config

    path = CONFIGS / f"{data_set.name}.yaml"
    training = load_config(path, [*data_set.overrides, *settings]).training
    config = data_set.config.model_copy(update={"training": training})
    schema = data_set.schema
    about = {
        "rows": fingerprint(data_set),
        "features": [_stated(own) for own in schema.features],
        "vectors": [own.vectors for own in schema.vocabularies.values()],
        "model": _stated(config.model),
        "training": _stated(training),
    }
    place = Place(options.work, data_set.name, variant, about)
    run, code = place.found(seed), code_digest()
    if run is None or not (options.reuse or run.about["code"] == code):
        validation = data_set.encoded["validation"]
        parts = validation, as_cold(validation)

        def judged(model: Any) -> dict[str, Any]:
            loss = tuning_loss(model, parts)
            return {"code": code, "tried": list(settings), "tuning_loss": loss}

        run = trained(config, data_set.encoded, about, seed, judged)
        write_run(place.file(seed), run)
    cost = f"{run.about['rows_per_second']:,.0f} rows/s"
    print(
        f"{data_set.name}, seed {seed}, {variant}, {settings}: {cost}, "
        f"tuning loss {run.about['tuning_loss']:.4f}",
        flush=True,
    )
    return run


def _stated(section: Any) -> dict[str, Any]:
    """What differs from defaults, lest an option that is new seem to change all."""
    return section.model_dump(mode="json", exclude_defaults=True)


def as_cold(encoded: Any) -> Any:
    """The same rows of items whose ids nobody knows."""
    from mtl_rec.schema.fields import PADDING_ID, IdField

    (field_,) = (
        own
        for own in encoded.schema.fields
        if isinstance(own, IdField) and own.name == ITEM
    )
    inputs = {name: array.copy() for name, array in encoded.inputs.items()}
    # A view of the copy.
    encoded.schema.ids_of(field_, inputs)[:] = PADDING_ID + 1
    return replace(encoded, inputs=inputs)
