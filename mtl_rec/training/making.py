"""From a model and a config to what Keras can fit."""

import keras

from mtl_rec.config.training import Training
from mtl_rec.losses.funnel import funnel_losses
from mtl_rec.schema.schema import Schema
from mtl_rec.training.jit import jit_compile_of
from mtl_rec.training.optimizers import build_optimizer
from mtl_rec.training.regularizers.building import build_regularizers
from mtl_rec.training.trainable import TrainableModel

WHOLE_TABLE_SHARE = 2
"""Rows of a table for each id of a batch up to which sweeping it whole is faster.

Measured with 81,920 ids a batch, width 16: sweeping 100,000 rows took half of the time
on both backends, 200,000 as long on TensorFlow and two thirds on JAX, 400,000 twice."""


def make_trainable(
    model: keras.Model, config: Training, schema: Schema
) -> TrainableModel:
    """The same layers and weights, compiled for training row by row.

    Args:
        model: A functional model whose outputs are those of `FunnelLogProbabilities`.
        config: The `training` section of a run.
        schema: Says which losses the tasks have.
    """
    trainable = TrainableModel(model.input, model.output, name=model.name)
    widest = max((len(layer.offsets) for layer in trainable.tables), default=0)
    trainable.compile(
        build_optimizer(config.optimizer, schema.num_exposures),
        loss=funnel_losses(schema.tasks, schema.label_scales),
        loss_weights={task.name: task.loss_weight for task in schema.tasks},
        jit_compile=jit_compile_of(config.jit),
        whole_table_rows=WHOLE_TABLE_SHARE * config.batch_size * widest,
        precision=config.precision,
        regularizers=build_regularizers(config, schema),
    )
    return trainable
