"""The train step on TensorFlow: large tables outside XLA, all else inside."""

from typing import Any

import keras
import tensorflow as tf

from mtl_rec.optimizers.clipping import clips
from mtl_rec.training.steps.tensorflow_loss import StepLoss
from mtl_rec.training.steps.tensorflow_replicas import train_replica
from mtl_rec.training.steps.tensorflow_rows import TouchedRows
from mtl_rec.training.steps.whole_tables import held_rows, updated_table


def train_step(model: Any, data: Any) -> dict[str, Any]:
    """One call of `TrainableModel`, as Keras' TensorFlow trainer makes it."""
    batch = keras.utils.unpack_x_y_sample_weight(data)
    with tf.init_scope():
        model.build_losses(batch[1])
    if model.num_replicas > 1:
        train_replica(model, batch)
    elif model.holds_several_batches(batch[0]):
        _train_several(model, batch)
    else:
        _train_one(model, batch)
    return model.get_metrics_result()


def gradients(model: Any, data: Any) -> list[tuple[keras.Variable, Any]]:
    """What a step would follow on one batch, before clipping; nothing changes.

    Returns:
        Every variable that trains with its gradient; of a large table, that of the
        rows that the batch holds.
    """
    batch = keras.tree.map_structure(tf.convert_to_tensor, data)
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
    # Takes what dropout and running means would change of the model.
    with keras.StatelessScope(collect_losses=True):
        x, y = model.learned_from(x, y)
        ids = model.table_ids(x)
        touched = [TouchedRows(layer, ids[layer]) for layer in model.row_tables]
        embeddings = [part.embeddings() for part in touched]
        _, _, own = _gradients(model, x, y, sample_weight, embeddings)
        rows = [
            (part.layer.table, part.summed(gradient))
            for part, gradient in zip(touched, own["rows"], strict=True)
        ]
    pairs = zip(model.dense_variables, own["dense"], strict=True)
    # A weight that no loss depends on has none.
    dense = [(variable, own) for variable, own in pairs if own is not None]
    sums = (total for total, _ in own["whole"])
    whole = zip((layer.table for layer in model.whole_tables), sums, strict=True)
    return [*dense, *whole, *rows]


def _train_several(model: Any, batches: Any) -> None:
    """A loop inside the graph; inside XLA where nothing must stay outside.

    It ends at a loss that is not a number, which later batches would spread.
    """
    tensors = [part for part in keras.tree.flatten(batches) if part is not None]
    num_batches = tf.shape(tensors[0])[0]

    def train_all(batches, num_batches):
        def train_next(number, _):
            batch = keras.tree.map_structure(
                lambda part: None if part is None else part[number], batches
            )
            return number + 1, tf.math.is_finite(_train_one(model, batch))

        tf.while_loop(
            lambda number, is_finite: tf.logical_and(number < num_batches, is_finite),
            train_next,
            [tf.constant(0), tf.constant(True)],
            parallel_iterations=1,
        )

    if model.jit_dense_part and not model.row_tables and not model.has_metrics:
        train_all = tf.function(train_all, jit_compile=True, autograph=False)
    train_all(batches, num_batches)


def _train_one(model: Any, batch: Any) -> Any:
    """Trains on a batch and gives its loss."""
    x, y, sample_weight = batch
    optimizer = model.optimizer
    inputs, labels = model.learned_from(x, y)
    ids = model.table_ids(inputs)
    touched = [TouchedRows(layer, ids[layer]) for layer in model.row_tables]
    # Read before the dense weights' update counts this step.
    rate_and_step = _rate_and_step(optimizer)
    embeddings = [part.embeddings() for part in touched]

    loss, y_pred, gradients = _dense_part(model)(
        inputs, labels, sample_weight, embeddings
    )
    summed = [
        part.summed(gradient)
        for part, gradient in zip(touched, gradients["rows"], strict=True)
    ]
    if "dense" in gradients:
        dense, whole, summed = _clipped(optimizer, gradients, summed)
        _apply(model, dense, whole, rate_and_step)
    for part, total in zip(touched, summed, strict=True):
        part.update(optimizer.row_optimizer(), total, *rate_and_step)

    model.track_loss(loss, tf.shape(keras.tree.flatten(y_pred)[0])[0])
    model.compute_metrics(x, y, y_pred, sample_weight=sample_weight)
    return loss


def _rate_and_step(optimizer: Any) -> tuple[Any, Any]:
    """Of the tables' optimizer, for the step that is about to be taken."""
    tables = optimizer.row_optimizer()
    rate = tf.cast(tables.learning_rate, tf.float32)
    return rate, tf.cast(tables.iterations + 1, tf.float32)


def _dense_part(model: Any) -> Any:
    """Forward, backward and all updates but those of large tables' rows.

    Made once for each compile(). Where rows and dense weights are clipped together it
    leaves the updates to the caller and returns their gradients too.
    """
    if model.dense_part is None:
        updates_here = not (model.row_tables and clips(model.optimizer))

        @tf.function(jit_compile=model.jit_dense_part, autograph=False)
        def dense_part(x, y, sample_weight, embeddings):
            loss, y_pred, gradients = _gradients(model, x, y, sample_weight, embeddings)
            if updates_here:
                rate_and_step = _rate_and_step(model.optimizer)
                dense, whole, _ = _clipped(model.optimizer, gradients, [])
                _apply(model, dense, whole, rate_and_step)
                gradients = {"rows": gradients["rows"]}
            return loss, y_pred, gradients

        model.dense_part = dense_part
    return model.dense_part


def _gradients(model: Any, x: Any, y: Any, sample_weight: Any, embeddings: Any) -> Any:
    given = dict(zip(model.row_tables, embeddings, strict=True))
    loss_of_step = StepLoss(model, (x, y, sample_weight), given)
    with tf.GradientTape() as tape:
        tape.watch(embeddings)
        loss, y_pred = loss_of_step()
    sources: Any = (
        [variable.value for variable in model.dense_variables],
        list(embeddings),
        [layer.table.value for layer in model.whole_tables],
    )
    dense, by_place, sums = tape.gradient(loss, sources)
    ids = model.table_ids(x)
    whole = [
        (tf.convert_to_tensor(total), held_rows(layer.rows(ids[layer]), layer.num_rows))
        for layer, total in zip(model.whole_tables, sums, strict=True)
    ]
    return loss, y_pred, {"dense": dense, "whole": whole, "rows": by_place}


def _clipped(optimizer: Any, gradients: Any, summed: Any) -> Any:
    """Gradients of dense weights, whole tables and rows, clipped as one."""
    sums = [gradient for gradient, _ in gradients["whole"]]
    dense, both = optimizer.clip(gradients["dense"], [*sums, *summed])
    held = [is_held for _, is_held in gradients["whole"]]
    whole = list(zip(both[: len(held)], held, strict=True))
    return dense, whole, both[len(held) :]


def _apply(model: Any, dense: Any, whole: Any, rate_and_step: Any) -> None:
    """Updates dense weights and whole tables."""
    optimizer = model.optimizer.row_optimizer()
    model.optimizer.apply(dense, model.dense_variables)
    for layer, (gradient, is_held) in zip(model.whole_tables, whole, strict=True):
        variables = [layer.table, *optimizer.table_slots(layer.table)]
        values = [variable.value.read_value() for variable in variables]
        updated = updated_table(optimizer, values, gradient, is_held, *rate_and_step)
        for variable, new in zip(variables, updated, strict=True):
            variable.value.assign(new)
