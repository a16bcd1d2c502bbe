"""What a request costs, by how the text is read."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from contenders.datasets import DataSet
from serving.c_requests import CRequest, sessions_of

NUM_CANDIDATES = 100
REQUESTS = 50


def request_milliseconds(data_set: DataSet) -> float:
    """The median time of ranking 100 candidates, in TensorFlow's C library.

    The model has random weights, which decide nothing here.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        version = Path(folder, "1")
        write_version(data_set, version)
        library, sessions = stack.enter_context(sessions_of([version]))
        batch = ranking(data_set)
        request = CRequest(library, sessions[version], version, "rank", batch)
        stack.callback(request.close)
        request.seconds()
        return 1e3 * median(request.seconds() for _ in range(REQUESTS))


def write_version(data_set: DataSet, folder: Path) -> None:
    """A servable version of an untrained model."""
    import keras

    from mtl_rec.export.servable import Servable
    from mtl_rec.models import build_model

    keras.utils.set_random_seed(1)
    model = build_model(data_set.config.model, data_set.schema)
    Servable(data_set.preprocessor, model).write(folder)


def ranking(data_set: DataSet) -> dict[str, Any]:
    """A user and candidates, from the first rows of the test part."""
    import pyarrow as pa

    from mtl_rec.preprocess.arrays import raw_tensors
    from mtl_rec.schema.rows import canonical

    schema = data_set.schema
    table = pa.concat_tables(data_set.splits.test).slice(0, NUM_CANDIDATES)
    raw = raw_tensors(schema, canonical(table, schema.features))
    sides = {feature.name: feature.side for feature in schema.features}
    return {
        name: values[:1] if sides[name] == "user" else values[np.newaxis]
        for name, values in raw.items()
    }
