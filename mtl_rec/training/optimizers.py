"""The optimizer that a run's config asks for."""

import keras

from mtl_rec import optimizers
from mtl_rec.config import training as config


def build_optimizer(
    section: config.Optimizer, num_exposures: int
) -> keras.optimizers.Optimizer:
    """An optimizer that updates tables row by row.

    Args:
        section: Of the config.
        num_exposures: Training rows, among which `l2` is divided as the loss is their
            mean; 0 where they are not known, and there is then no pull.
    """
    match section:
        case config.Split():
            dense = keras.optimizers.AdamW(
                section.dense.learning_rate, weight_decay=section.dense.weight_decay
            )
            tables = _for_tables(section.tables, num_exposures)
            return optimizers.SplitOptimizer(tables, dense)
        case _:
            return _for_tables(section, num_exposures)


def _for_tables(
    section: config.TableOptimizer, num_exposures: int
) -> optimizers.RowOptimizer:
    settings = {
        "l2_penalty": section.l2 / num_exposures if num_exposures else 0.0,
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
