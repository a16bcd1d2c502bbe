"""The optimizer that a run's config asks for."""

import keras

from mtl_rec import optimizers
from mtl_rec.config import training as config


def build_optimizer(section: config.Optimizer) -> keras.optimizers.Optimizer:
    """An optimizer that updates tables row by row."""
    match section:
        case config.Split():
            dense = keras.optimizers.AdamW(
                section.dense.learning_rate, weight_decay=section.dense.weight_decay
            )
            return optimizers.SplitOptimizer(_for_tables(section.tables), dense)
        case _:
            return _for_tables(section)


def _for_tables(section: config.TableOptimizer) -> optimizers.RowOptimizer:
    settings = {
        "learning_rate": section.learning_rate,
        "global_clipnorm": section.global_clipnorm,
    }
    match section:
        case config.LazyAdam():
            return optimizers.LazyAdam(**settings)
        case config.RowAdagrad():
            return optimizers.RowAdagrad(**settings)
        case config.SGD():
            return optimizers.SGD(**settings)
