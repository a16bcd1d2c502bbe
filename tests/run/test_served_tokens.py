"""Texts of every cut in one served graph, on what a stock server does with it."""

import keras
import pandas as pd
import pytest

from mtl_rec.config.features import Text
from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.tasks import Task
from mtl_rec.config.tokens import Characters, Words, WordsAndCharacters
from mtl_rec.export import export_model
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor

TEXTS = [
    *(
        "Red SHOES, size 42",
        "漂亮的红色连衣裙",
        "ÜBER cool 😀👍🏽",
        "",
        "हिन्दी คำ",
        "\x00",
    ),
    "word " * 1_000,
]
KINDS = {
    "words": Words(),
    "characters": Characters(),
    "ngrams": WordsAndCharacters(min_n=2, max_n=4),
}


@pytest.mark.slow
def test_texts_of_every_cut_are_served_without_xla(tmp_path):
    features = [
        Text(kind="text", name=f"{name}{buckets or ''}", side="item", column="title",
             tokens=kind, num_buckets=buckets)
        for name, kind in KINDS.items()
        for buckets in (None, 64)
    ]  # fmt: skip
    features.append(
        Text(kind="text", name="query", side="user", column="title", shares="ngrams")
    )
    tasks = (Task(name="click"),)
    rows = pd.DataFrame({"title": TEXTS, "click": [1.0, 0.0] * 3 + [1.0]})
    preprocessor = Preprocessor.fit(features, tasks, rows)
    keras.utils.set_random_seed(0)
    bottom = SharedBottom(kind="shared_bottom", bottom_units=[4], tower_units=[4])
    model = build_model(Model(architecture=bottom), preprocessor.schema)

    exported = export_model(model, preprocessor, rows, tmp_path)

    differences = [rung.max_difference or 0.0 for rung in exported.rungs]
    assert [rung.name for rung in exported.rungs][3] == "c_library"
    assert max(differences) <= 1e-6
