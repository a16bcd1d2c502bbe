"""The served models: ours, its bare numeric graph, and rows to ask about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from mtl_rec.config.features import Feature
from mtl_rec.config.loading import load_config
from mtl_rec.config.run import RunConfig

CONFIGS = Path(__file__).parents[2] / "configs"
HISTORY = 50
SHOP_HISTORIES = ("history_items", "history_categories")
_EXPOSURES = 50_000

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Served:
    """One model in a folder, and requests for it.

    Attributes:
        config: What it was built of; its weights are random.
        ours: Our version.
        bare: The same model on encoded ids and numbers, without look-ups.
        raw: Raw features of rows, whose histories are full.
        examples: The same rows as serialized `tf.Example`s.
        encoded: The same rows as `bare` takes them.
        users: Features of the user.
        about: JSON for peers that build the same model.
    """

    config: RunConfig
    ours: Path
    bare: Path
    raw: Arrays
    examples: np.ndarray
    encoded: Arrays
    users: frozenset[str]
    about: Path


def census(data: Path) -> RunConfig:
    """40 fields, one id or number each: 8 experts x 16, towers of 8, width 16."""
    path = data / "census-income.test.gz"
    return load_config(CONFIGS / "census_income.yaml", [f"data.source.path={path}"])


def shop() -> RunConfig:
    """The simulated shop: titles of items, which no ranking can share."""
    lists = [f"features.{name}.max_length={HISTORY}" for name in SHOP_HISTORIES]
    overrides = [f"data.source.num_exposures={_EXPOSURES}", *lists]
    return load_config(CONFIGS / "quickstart.yaml", overrides)


def log(data: Path) -> RunConfig:
    """The widest user that an event log has: four histories of 50, counts, an id.

    Args:
        data: Folder of UserBehavior.csv.
    """
    path = data / "UserBehavior.csv"
    config = load_config(
        CONFIGS / "taobao_userbehavior.yaml",
        [f"data.source.path={path}", "model.embedding_dim=16"],
    )
    user, item = {"side": "user"}, {"side": "item"}
    features = [
        {"kind": "categorical", "name": "user_id", **user},
        {"kind": "categorical", "name": "item_id", **item},
        {"kind": "categorical", "name": "category", **item},
        {"kind": "categorical", "name": "hour", "side": "context"},
    ]
    features += [
        {
            "kind": "sequence",
            "name": f"history_{name}",
            "max_length": HISTORY,
            **user,
            **({"shares": name} if name in ("item_id", "category") else {}),
        }
        for name in ("item_id", "category", "event_type", "time_gap")
    ]
    numbers = [f"user_num_{event}" for event in ("view", "cart", "favourite", "buy")]
    features += [
        {"kind": "numeric", "name": name, "transform": "log", **user}
        for name in numbers
    ]
    settings = config.model_dump()
    return RunConfig.model_validate({**settings, "features": features})


def write_models(folder: Path, config: RunConfig, num_rows: int) -> Served:
    """Builds and writes the models, and draws rows for requests.

    Args:
        folder: Gets one folder for each model, with a version in it.
        config: Of the model.
        num_rows: Rows to ask about; their histories are filled up.
    """
    import keras

    from mtl_rec.data import open_exposures
    from mtl_rec.export.expectations import serialized_rows
    from mtl_rec.export.servable import Servable
    from mtl_rec.models import build_model
    from mtl_rec.preprocess import Preprocessor
    from mtl_rec.preprocess.arrays import raw_tensors
    from mtl_rec.schema.rows import canonical

    splits = open_exposures(config.data, config.features, config.tasks)
    preprocessor = Preprocessor.fit(config.features, config.tasks, splits.train)
    schema = preprocessor.schema
    keras.utils.set_random_seed(1)
    model = build_model(config.model, schema)
    ours, bare = folder / "ours" / "1", folder / "bare" / "1"
    Servable(preprocessor, model).write(ours)
    _write_bare(bare, model)

    rows = pa.concat_tables(splits.test).slice(0, num_rows)
    table = _with_full_histories(canonical(rows, schema.features), config.features)
    encoded = preprocessor.encode([table], with_labels=False).inputs
    about = folder / "about.json"
    about.write_text(json.dumps(_about(config, schema)))
    users = frozenset(f.name for f in config.features if f.side == "user")
    raw, examples = raw_tensors(schema, table), serialized_rows(table)
    return Served(config, ours, bare, raw, examples, dict(encoded), users, about)


def _with_full_histories(table: pa.Table, features: Sequence[Feature]) -> pa.Table:
    """The rows with as many past elements as a history takes, of those there are."""
    random = np.random.default_rng(2)
    for feature in features:
        if feature.kind == "sequence":
            known = table[feature.name].combine_chunks().flatten()
            places = random.integers(0, len(known), len(table) * feature.max_length)
            offsets = np.arange(len(table) + 1, dtype=np.int32) * feature.max_length
            lists = pa.ListArray.from_arrays(offsets, known.take(pa.array(places)))
            position = table.column_names.index(feature.name)
            table = table.set_column(position, feature.name, lists)
    return table


def _write_bare(folder: Path, model) -> None:
    import tensorflow as tf

    from mtl_rec.models.probabilities import probability_model

    scored = probability_model(model)
    specs = {
        tensor.name: tf.TensorSpec(tensor.shape, tensor.dtype, name=tensor.name)
        for tensor in scored.inputs
    }

    def score(packed):
        outputs = scored(packed, training=False)
        return {name: tf.reshape(values, [-1]) for name, values in outputs.items()}

    module = tf.Module()
    module.weights = [weight.value for weight in scored.weights]
    function = tf.function(score, input_signature=[specs], autograph=False)
    signatures = {"serving_default": function.get_concrete_function()}
    tf.saved_model.save(module, str(folder), signatures=signatures)


def _about(config: RunConfig, schema) -> Mapping:
    """Fields and sizes, in our packed order, for peers that build the same model."""
    from mtl_rec.config.feature_section import SIDES
    from mtl_rec.schema.fields import IdField, IdListField, NumberField

    def sizes(fields):
        return {f.name: schema.vocabularies[f.vocabulary].num_ids for f in fields}

    own = {
        kind: [f for side in SIDES for f in schema.fields_of(kind, side)]
        for kind in (IdField, IdListField, NumberField)
    }
    architecture = config.model.architecture
    return {
        "ids": sizes(own[IdField]),
        "lists": sizes(own[IdListField]),
        "list_lengths": {f.name: f.length for f in own[IdListField]},
        "shares": {f.name: f.vocabulary for f in own[IdListField]},
        "numbers": [f.name for f in own[NumberField]],
        "tasks": list(schema.funnel.names),
        "embedding_dim": config.model.embedding_dim,
        "num_experts": architecture.num_experts,
        "expert_units": list(architecture.expert_units),
        "tower_units": list(architecture.tower_units),
    }


def by_field(encoded: Arrays, config: RunConfig, about: Mapping) -> Arrays:
    """Encoded rows with an array for each field, as peers take them."""
    fields: Arrays = {name: encoded[name] for name in about["lists"]}
    single = {name: [] for name in ("user", "item", "context")}
    for feature in sorted(config.features, key=lambda feature: feature.name):
        if feature.name in about["ids"]:
            single[feature.side].append(feature.name)
    for side, names in single.items():
        for column, name in enumerate(names):
            fields[name] = encoded[f"{side}_ids"][:, column : column + 1]
    numbers = iter(about["numbers"])
    for side in single:
        packed = encoded.get(f"{side}_numbers")
        for column in range(0 if packed is None else packed.shape[1]):
            fields[next(numbers)] = packed[:, column : column + 1]
    return fields
