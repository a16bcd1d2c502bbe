"""Trains the quickstart's model on whatever Keras runs on; saves what it predicts.

Usage: python train_subject.py FOLDER EXPOSURES ROWS EPOCHS
"""

import sys
from pathlib import Path

import keras
import numpy as np
import pyarrow as pa

sys.path.append(str(Path(__file__).parents[1]))

from mtl_rec.config import load_config
from mtl_rec.data import open_exposures
from mtl_rec.evaluation import predict
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.schema.rows import canonical
from mtl_rec.training import Batches, make_trainable
from serving_load.odd_rows import with_odd_values
from serving_load.subject import Subject

CONFIG = Path(__file__).parents[2] / "configs" / "quickstart.yaml"


def main(folder: str, exposures: str, rows: str, epochs: str) -> None:
    config = load_config(CONFIG, [f"data.source.num_exposures={exposures}"])
    splits = open_exposures(config.data, config.features, config.tasks)
    preprocessor = Preprocessor.fit(config.features, config.tasks, splits.train)
    keras.utils.set_random_seed(config.seed)
    model = build_model(config.model, preprocessor.schema)
    trainable = make_trainable(model, config.training, preprocessor.schema)
    encoded = preprocessor.encode(splits.train)
    batches = Batches(encoded, config.training.batch_size, steps_per_call=16)
    trainable.fit(batches, epochs=int(epochs), shuffle=False, verbose=0)
    table = pa.concat_tables([*splits.test, *splits.train])
    chosen = canonical(table.slice(0, int(rows)), config.features)
    odd = with_odd_values(chosen, config.features)
    subject = Subject(Path(folder))
    subject.save(model, preprocessor, odd)
    predicted = predict(model, preprocessor.encode(odd, with_labels=False))
    np.savez(subject.predictions_path, **predicted)


if __name__ == "__main__":
    main(*sys.argv[1:])
