"""Towers that Keras' `fit` trains: a softmax over the candidates of a batch."""

from typing import Any

import keras
import tensorflow as tf

from mtl_rec.config.feature_section import Side
from mtl_rec.config.retrieval import RetrievalTraining
from mtl_rec.config.training import LazyAdam
from mtl_rec.retrieval.id_features import IdFeatures
from mtl_rec.retrieval.recommenders import recommenders
from mtl_rec.retrieval.two_towers import CANDIDATE, QUERY
from mtl_rec.schema.fields import IdField
from mtl_rec.schema.schema import Schema
from mtl_rec.training.jit import jit_compile_of
from mtl_rec.training.making import WHOLE_TABLE_SHARE
from mtl_rec.training.optimizers import build_optimizer
from mtl_rec.training.regularizers import Regularizers
from mtl_rec.training.regularizers.unknown_ids import UnknownIds
from mtl_rec.training.trainable import TrainableModel

ITEM, PROBABILITY, IS_NEW = "item", "probability", "is_new"


class TrainableTowers(TrainableModel):
    """Both towers as one model, whose large tables are updated row by row.

    The labels of a batch are, of each candidate, its place in the catalogue and how
    probable it is that a batch has it: those of rows first, in the order of the rows,
    and then candidates that are nobody's. There may be `(rows, candidates)` too, which
    of them count for a row.
    """

    def set_task(self, task: Any) -> None:
        """Sets the `tfrs.tasks.Retrieval` that tells the loss."""

        # Its Python code asks for the length of tensors, which autograph translates.
        @tf.function(autograph=True)
        def summed_loss(y: Any, y_pred: Any, sample_weight: Any) -> Any:
            return task(
                y_pred[QUERY],
                y_pred[CANDIDATE],
                sample_weight=sample_weight,
                candidate_sampling_probability=y[PROBABILITY],
                candidate_ids=y[ITEM],
                compute_metrics=False,
                compute_batch_metrics=False,
                score_mask=y.get(IS_NEW),
            )

        # Past Keras' tracking: the task is a layer of the other Keras.
        object.__setattr__(self, "summed_loss", summed_loss)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Called by the step: the mean over the rows, each with its weight."""
        total = self.summed_loss(y, y_pred, sample_weight)
        return tf.add_n([total / tf.reduce_sum(sample_weight), *self.losses])


def trainable_towers(
    joint: keras.Model,
    config: RetrievalTraining,
    num_events: int,
    regularizers: Regularizers,
) -> TrainableTowers:
    """The same layers and weights, compiled for training.

    Args:
        joint: From `build_joint`.
        config: The `retrieval.training` section of a run.
        num_events: Events to learn from.
        regularizers: What a step does to batches.

    Raises:
        ConfigError: TensorFlow Recommenders is not installed.
    """
    task = recommenders().tasks.Retrieval(
        temperature=config.temperature,
        num_hard_negatives=config.hard_negatives,
        remove_accidental_hits=True,
    )
    model = TrainableTowers(joint.input, joint.output)
    optimizer = LazyAdam(
        kind="lazy_adam", learning_rate=config.learning_rate, l2=config.l2
    )
    widest = max((len(layer.offsets) for layer in model.tables), default=0)
    model.set_task(task)
    model.compile(
        build_optimizer(optimizer, num_events),
        jit_compile=jit_compile_of(config.jit),
        whole_table_rows=WHOLE_TABLE_SHARE * config.batch_size * widest,
        regularizers=regularizers,
    )
    return model


def hidden_ids(schema: Schema, ids: IdFeatures, rate: float) -> Regularizers:
    """Ids of users and of items that become unknown now and then, each by itself.

    Args:
        schema: Of the preprocessor.
        ids: Features of ids.
        rate: Share of the rows.
    """
    unknown = []
    named: dict[Side, str | None] = {"user": ids.user, "item": ids.item}
    for side, name in named.items():
        if rate == 0 or name is None:
            continue
        counts = [
            schema.vocabularies[field.vocabulary].num_out_of_vocabulary
            if field.name == name
            else 0
            for field in schema.fields_of(IdField, side)
        ]
        unknown.append(UnknownIds(f"{side}_ids", counts, rate))
    return Regularizers(unknown)
