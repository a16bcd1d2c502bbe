"""A functional model with the owned train step."""

import importlib
from typing import TYPE_CHECKING, Any

import keras

from mtl_rec.losses.funnel import funnel_losses
from mtl_rec.models.layers.fused_embedding import FusedEmbedding
from mtl_rec.optimizers.lazy_adam import LazyAdam

if TYPE_CHECKING:
    from mtl_rec.config.training import Training
    from mtl_rec.schema.schema import Schema


@keras.saving.register_keras_serializable(package="mtl_rec")
class TrainableModel(keras.Model):
    """A functional model that trains its embedding tables row by row.

    It is built like any functional model, `TrainableModel(inputs, outputs)`, and used
    through Keras' own `compile`, `fit`, `evaluate`, `predict` and `save`. Each step
    reads only the rows of the tables that the batch needs, compiles the rest with XLA,
    and updates only those rows.
    """

    @property
    def tables(self) -> list[FusedEmbedding]:
        """The layers that hold the tables."""
        return [layer for layer in self.layers if isinstance(layer, FusedEmbedding)]

    @property
    def dense_variables(self) -> list[keras.Variable]:
        """The trainable variables that are not tables."""
        held = {id(layer.table) for layer in self.tables}
        return [v for v in self.trainable_variables if id(v) not in held]

    def table_ids(self, x: Any) -> dict[FusedEmbedding, Any]:
        """The ids that each table is asked for, without reading any table."""
        ids = self._ids_model(x) if self.tables else {}
        return {layer: ids[layer.name] for layer in self.tables}

    def track_loss(self, loss: Any, num_rows: Any) -> None:
        """Adds a batch to the running mean that Keras reports as `loss`."""
        self._loss_tracker.update_state(loss, sample_weight=num_rows)

    def compile(
        self,
        optimizer: Any = None,
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        jit_compile: bool | str = "auto",
        **kwargs: Any,
    ) -> None:
        """As `keras.Model.compile`, with an optimizer that knows tables.

        Args:
            optimizer: A `LazyAdam`.
            loss: By task, such as `funnel_losses` gives.
            loss_weights: By task.
            metrics: As in Keras.
            jit_compile: Whether XLA compiles the dense part; "auto" where it pays.
            **kwargs: As in Keras.
        """
        if not isinstance(optimizer, LazyAdam):
            raise ValueError(
                "`optimizer` must be a `mtl_rec.optimizers.LazyAdam`, which updates "
                f"tables row by row. Received: {optimizer!r}."
            )
        if self.dtype_policy.compute_dtype == "float16":
            raise ValueError(
                "The dtype policy must be float32 or mixed_bfloat16: float16 needs "
                "loss scaling, which the rows of tables would miss. "
                f"Received: {self.dtype_policy.name}."
            )
        on_tensorflow = keras.backend.backend() == "tensorflow"
        super().compile(
            optimizer,
            loss,
            loss_weights,
            metrics,
            # On TensorFlow the step compiles its dense part itself.
            jit_compile=False if on_tensorflow else jit_compile,
            **kwargs,
        )
        # Helpers set past Keras' tracking, or they would be saved as layers.
        ids = {layer.name: layer.input for layer in self.tables}
        ids_model = keras.Model(self.input, ids) if ids else None
        object.__setattr__(self, "_ids_model", ids_model)
        object.__setattr__(self, "dense_part", None)
        if jit_compile == "auto":
            jit_compile = self._jit_pays()
        object.__setattr__(self, "jit_dense_part", jit_compile)
        optimizer.build(self.trainable_variables)

    def _jit_pays(self) -> bool:
        """Not on a CPU with dropout, whose random numbers XLA draws slowly there.

        Measured on TensorFlow, 8 experts of 16 units, batch 512, two cores: 125
        microseconds of CPU per row under XLA, 30 without.
        """
        dropout = keras.layers.Dropout
        layers = self._flatten_layers(include_self=False)
        drops = any(isinstance(layer, dropout) and layer.rate > 0 for layer in layers)
        devices = keras.distribution.list_devices()
        return not drops or any(device.startswith("gpu") for device in devices)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Called by Keras on loading; a saved `jit_compile` is another backend's."""
        settings = keras.saving.deserialize_keras_object(config)
        self.compile(**{**settings, "jit_compile": "auto"})

    def train_step(self, *args: Any) -> Any:
        """One step, by the module of the backend."""
        backend = keras.backend.backend()
        steps = importlib.import_module(f"mtl_rec.training.steps.{backend}")
        return steps.train_step(self, *args)


def make_trainable(
    model: keras.Model, config: "Training", schema: "Schema"
) -> TrainableModel:
    """The same layers and weights, compiled for training row by row.

    Args:
        model: A functional model whose outputs are those of `FunnelLogProbabilities`.
        config: The `training` section of a run.
        schema: Says which losses the tasks have.
    """
    trainable = TrainableModel(model.input, model.output, name=model.name)
    trainable.compile(
        LazyAdam(config.optimizer.learning_rate),
        loss=funnel_losses(schema.tasks, schema.label_scales),
        loss_weights={task.name: task.loss_weight for task in schema.tasks},
        jit_compile="auto" if config.jit is None else config.jit,
    )
    return trainable
