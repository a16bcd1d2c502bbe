"""Predictions of a saved model by Keras on TensorFlow, with nothing that changes bits.

Nothing is compiled, rewritten or split over threads; oneDNN is up to the environment.

Usage: python exact_predictions.py MODEL.keras PREPROCESSOR ROWS.parquet BATCH_SIZE
       PREDICTIONS.npz
"""

import sys

import numpy as np
import pyarrow.parquet as pq
import tensorflow as tf

from mtl_rec.models import load_model
from mtl_rec.models.chunked_prediction import predict_chunks
from mtl_rec.models.probabilities import probability_model
from mtl_rec.preprocess import Preprocessor


def main(
    model: str, preprocessor: str, rows: str, batch_size: str, predictions: str
) -> None:
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    scored = probability_model(load_model(model))
    scored.jit_compile = False
    table = pq.read_table(rows)
    exposures = Preprocessor.load(preprocessor).encode(table, with_labels=False)
    outputs = predict_chunks(scored, exposures, int(batch_size))
    np.savez(predictions, **{name: values[:, 0] for name, values in outputs.items()})


if __name__ == "__main__":
    main(*sys.argv[1:])
