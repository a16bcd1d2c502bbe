"""Models of one data set that differ in how histories are encoded alone."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from contenders.datasets import DataSet
from contenders.ours import code_digest
from contenders.runs import Place, Run, write_run

from ablation.training import trained

ENCODERS: dict[str, dict[str, Any]] = {
    "mean": {"kind": "mean"},
    "last": {"kind": "last"},
    "cnn": {"kind": "cnn"},
    "gru": {"kind": "gru"},
    "din": {"kind": "din"},
    "din, along": {"kind": "din"},
    "dien": {"kind": "dien"},
    "transformer": {"kind": "transformer", "sees": "earlier"},
    "transformer, rotary": {"kind": "transformer", "positions": "rotary"},
    "transformer, candidate": {"kind": "transformer", "sees": "candidate"},
}
"""By row of the table, the `encoder` of every history; all with its defaults."""

ALONG = "din, along"
"""The one of which all histories are the first one's, `along` with it; what runs along
with it in the config does so in every row."""


def schema_with(data_set: DataSet, encoder: str) -> Any:
    """The schema whose histories are all encoded in one way."""
    from mtl_rec.config.features import IdSequence

    names = histories(data_set)
    first, *others = names
    more = others if encoder == ALONG else []
    features = []
    for own in data_set.schema.features:
        if isinstance(own, IdSequence) and own.name in names and own.name not in more:
            changes: dict[str, Any] = {"encoder": ENCODERS[encoder]}
            if own.name == first:
                changes["along"] = [*own.along, *more]
            own = IdSequence.model_validate({**own.model_dump(), **changes})
        features.append(own)
    return replace(data_set.schema, features=tuple(features))


def histories(data_set: DataSet) -> list[str]:
    """Names of the sequences, of as many steps each, but for those along another."""
    from mtl_rec.config.features import IdSequence

    found = [f for f in data_set.schema.features if isinstance(f, IdSequence)]
    assert len({feature.max_length for feature in found}) == 1
    along = {name for feature in found for name in feature.along}
    return [feature.name for feature in found if feature.name not in along]


def collect(
    data_set: DataSet, rows: str, encoders: list[str], seeds: list[int], work: Path
) -> Mapping[str, Mapping[int, Run]]:
    """By encoder and seed, kept runs and those that are trained now.

    Args:
        data_set: Encoded rows.
        rows: Their fingerprint.
        encoders: Of `ENCODERS`.
        seeds: Of the trainings.
        work: Where runs are kept.
    """
    runs: dict[str, dict[int, Run]] = {}
    for seed in seeds:
        for encoder in encoders:
            if encoder == ALONG and len(histories(data_set)) == 1:
                continue
            settings = {
                "rows": rows,
                "code": code_digest(),
                "encoder": ENCODERS[encoder],
                "model": data_set.config.model.model_dump(mode="json"),
                "training": data_set.config.training.model_dump(mode="json"),
            }
            place = Place(work, data_set.name, encoder, settings)
            run = place.found(seed)
            if run is None:
                run = train(data_set, encoder, settings, seed)
                write_run(place.file(seed), run)
            cost = f"{run.about['rows_per_second']:,.0f} rows/s"
            print(f"{data_set.name}, seed {seed}, {encoder}: {cost}", flush=True)
            runs.setdefault(encoder, {})[seed] = run
    return runs


def train(
    data_set: DataSet, encoder: str, settings: Mapping[str, Any], seed: int
) -> Run:
    """Trains one model as a run would, and predicts the test part."""
    schema = schema_with(data_set, encoder)
    encoded = {
        part: replace(exposures, schema=schema)
        for part, exposures in data_set.encoded.items()
    }
    return trained(data_set.config, encoded, settings, seed)
