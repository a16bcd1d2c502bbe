"""A model may have any one kind of feature alone."""

import numpy as np
import pytest
from keras import ops

from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.training import Training
from mtl_rec.evaluation import predict
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.schema.rows import canonical
from mtl_rec.training import Batches, make_trainable

ALONE = ["user_id", "age", "brand", "tags", "title", "price", "hour"]


@pytest.mark.parametrize("name", ALONE)
def test_one_feature_is_enough_to_train_and_to_serve(name, features, tasks, shop):
    own = tuple(feature for feature in features if feature.name == name)
    rows = canonical(shop, own, tasks)
    preprocessor = Preprocessor.fit(own, tasks, [rows])
    exposures = preprocessor.encode([rows])
    bottom = SharedBottom(kind="shared_bottom", bottom_units=[4], tower_units=[4])
    model = build_model(Model(architecture=bottom), preprocessor.schema)
    config = Training(batch_size=100, jit=False)
    trainable = make_trainable(model, config, preprocessor.schema)

    history = trainable.fit(
        Batches(exposures, 100), epochs=2, shuffle=False, verbose=0
    ).history

    assert np.isfinite(history["loss"]).all()
    raw = raw_tensors(preprocessor.schema, rows)
    signature = preprocessor.graph.raw_signature()
    encoded = preprocessor.graph(
        {n: ops.convert_to_tensor(v, signature[n].dtype.name) for n, v in raw.items()}
    )
    assert set(encoded) == set(exposures.inputs)
    assert all(
        np.isfinite(values).all() for values in predict(model, exposures).values()
    )
