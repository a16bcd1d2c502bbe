"""census_income, encoded once for all contenders by our own preprocessor."""

import json
from pathlib import Path

import numpy as np

from mtl_rec.cli.backend import frameworks
from mtl_rec.config.loading import load_config

CONFIG = Path(__file__).parents[2] / "configs" / "census_income.yaml"
DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "census_income"


def write_rows(folder: Path, data: Path, multiple_of: int, most: int | None) -> int:
    """Writes the training split as `worker.Rows` reads it.

    Args:
        folder: Gets `rows.npz`, `about.json`, and `schema.json` for ours.
        data: The folder of census-income.test.gz.
        multiple_of: Rows that do not fill a last batch are left out, since some
            libraries train on them and others do not.
        most: Rows at most.

    Returns:
        How many rows.
    """
    with frameworks():
        from mtl_rec.data.exposures import open_exposures
        from mtl_rec.preprocess.preprocessor import Preprocessor
        from mtl_rec.schema.fields import IdField, NumberField

    path = data / "census-income.test.gz"
    config = load_config(CONFIG, [f"data.source.path={path}"])
    splits = open_exposures(config.data, config.features, config.tasks)
    preprocessor = Preprocessor.fit(config.features, config.tasks, splits.train)
    encoded, schema = preprocessor.encode(splits.train), preprocessor.schema

    count = min(len(encoded), most or len(encoded))
    count -= count % multiple_of
    labels = [encoded.labels[task.name][:count] for task in schema.tasks]
    np.savez(
        folder / "rows.npz",
        ids=encoded.inputs["user_ids"][:count],
        numbers=encoded.inputs["user_numbers"][:count],
        labels=np.concatenate(labels, axis=1).astype(np.float32),
    )
    fields = schema.fields_of(IdField, "user")
    about = {
        "num_ids": {f.name: schema.vocabularies[f.vocabulary].num_ids for f in fields},
        "number_names": [f.name for f in schema.fields_of(NumberField, "user")],
        "task_names": [task.name for task in schema.tasks],
    }
    (folder / "about.json").write_text(json.dumps(about))
    (folder / "schema.json").write_text(schema.to_json())
    return count
