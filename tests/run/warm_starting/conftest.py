"""A run with any weights, and one that starts from another."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
from warm_starts import MMOE

from mtl_rec.config.data import Data
from mtl_rec.config.model import Model
from mtl_rec.config.run import RunConfig
from mtl_rec.config.training import Training
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.warm_starting import warm_start

SOURCE = {"source": {"kind": "table", "path": "none.parquet"}}
SPLIT = {"split": {"kind": "column", "column": "part"}}


@pytest.fixture(autouse=True)
def small_vocabulary(monkeypatch):
    """So that vocabularies of the shop are in tables of both kinds."""
    monkeypatch.setattr("mtl_rec.models.inputs.SMALL_VOCABULARY", 20)


@pytest.fixture
def features(features):
    """The shop's; every user is known."""
    return (features[0].model_copy(update={"min_count": 1}), *features[1:])


@pytest.fixture
def make_run(tmp_path, features, tasks):
    """A run with any weights, as if it had been trained; or one that is to start."""

    def make(rows, name, features=features, tasks=tasks, start=None, model=MMOE):
        config = RunConfig(
            name=name,
            data=Data.model_validate(SOURCE | SPLIT),
            features=features,
            tasks=tasks,
            model=Model(architecture=model, embedding_dim=6),
            training=Training(warm_start=start and str(start.path)),
        )
        preprocessor = Preprocessor.fit(features, tasks, rows)
        folder = RunFolder.create(tmp_path, config)
        preprocessor.save(folder.preprocessor)
        keras.utils.set_random_seed(0)
        model = build_model(config.model, preprocessor.schema)
        if start is None:
            generator = np.random.default_rng(1)
            for weight in model.weights:
                weight.assign(generator.normal(0.1, 0.3, weight.shape))
            model.save(folder.model_path)
        fresh = {w.path: np.array(w) for w in model.weights}
        report = warm_start(model, folder, config)
        return SimpleNamespace(
            path=folder.path,
            config=config,
            folder=folder,
            preprocessor=preprocessor,
            model=model,
            fresh=fresh,
            report=report,
        )

    return make
