"""A functional model with the owned train step."""

import importlib
from collections.abc import Mapping
from typing import Any

import keras

from mtl_rec.models.encoders.missing_vectors import no_texts
from mtl_rec.models.layers.fused_embedding import (
    FusedEmbedding,
    embeddings_given,
    embeddings_perturbed,
)
from mtl_rec.models.layers.request_rows import requests_of_rows
from mtl_rec.models.layers.text_rows import texts_of_rows
from mtl_rec.optimizers import RowOptimizer, SplitOptimizer
from mtl_rec.training.jit import jit_pays
from mtl_rec.training.precision import computed_in
from mtl_rec.training.regularizers import Regularizers
from mtl_rec.training.regularizers.adversarial import Perturbations
from mtl_rec.training.request_inputs import (
    expanded,
    inputs_of_layers,
    request_of_row,
    text_of_each_row,
)


@keras.saving.register_keras_serializable(package="mtl_rec")
class TrainableModel(keras.Model):
    """A functional model that trains its embedding tables row by row.

    It is built like any functional model, `TrainableModel(inputs, outputs)`, and used
    through Keras' own `compile`, `fit`, `evaluate`, `predict` and `save`. Each step
    reads only the rows of the tables that the batch needs, compiles the rest with XLA,
    and updates only those rows. Small tables are cheaper to sweep as a whole, inside
    XLA: their other rows stay as they are all the same.

    It also takes several batches at once, stacked on a new first axis, as `Batches`
    gives them, and trains on one after the other in a single compiled call; and batches
    that have a row for each request, with `REQUEST_OF_ROW`, or text, `text_of_row`.
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

    @property
    def whole_tables(self) -> list[FusedEmbedding]:
        """Tables so small that a step sweeps them whole."""
        return [t for t in self.tables if self._is_swept(t) and t.trainable]

    @property
    def row_tables(self) -> list[FusedEmbedding]:
        """Tables of which a step updates the rows of its batch alone.

        Frozen ones are among neither: the model reads of them what it needs.
        """
        return [t for t in self.tables if not self._is_swept(t) and t.trainable]

    def _is_swept(self, table: FusedEmbedding) -> bool:
        return table.returns_table or table.num_rows <= self.whole_table_rows

    @property
    def has_metrics(self) -> bool:
        """Whether metrics beside the losses are computed at every step."""
        return self._compile_metrics is not None

    @property
    def num_replicas(self) -> int:
        """Devices that share every batch."""
        distribution = keras.distribution.distribution()
        if distribution is not None:
            return distribution.device_mesh.devices.size
        strategy = getattr(self, "distribute_strategy", None)
        return strategy.num_replicas_in_sync if strategy else 1

    def holds_several_batches(self, x: Any) -> bool:
        """Whether inputs are batches stacked on a new first axis."""
        own, given = (keras.tree.flatten(part)[0] for part in (self.input, x))
        return len(given.shape) == len(own.shape) + 1

    def table_ids(self, x: Any) -> dict[FusedEmbedding, Any]:
        """The ids that each table is asked for, without reading any table."""
        ids = self._ids_model(self._whole(inputs_of_layers(x))) if self.tables else {}
        return {layer: ids[layer.name] for layer in self.tables}

    def learned_from(self, x: Any, y: Any) -> tuple[Any, Any]:
        """The inputs and labels of one batch, as the next step changes them."""
        steps_taken = self.optimizer.row_optimizer().iterations
        return self.regularizers.inputs(x, steps_taken), self.regularizers.labels(y)

    def predicted(
        self,
        x: Any,
        embeddings: Mapping[FusedEmbedding, Any],
        perturbations: Perturbations | None = None,
    ) -> Any:
        """The outputs in training.

        Args:
            x: Inputs of one batch.
            embeddings: What `row_tables` shall return, as `embeddings_given` takes it.
            perturbations: What is added to that, as `embeddings_perturbed` takes it.
        """
        layers = list(self._flatten_layers(include_self=False))
        with (
            embeddings_given(embeddings),
            embeddings_perturbed(perturbations),
            requests_of_rows(request_of_row(x)),
            texts_of_rows(text_of_each_row(x)),
            computed_in(layers, self.precision),
        ):
            return self(self._whole(inputs_of_layers(x)), training=True)

    def _whole(self, x: Any) -> Any:
        """Inputs with those of texts that training does not read."""
        return {**no_texts(self.layers), **x} if isinstance(x, dict) else x

    def build_losses(self, y: Any) -> None:
        """Makes the losses' running means before a step is traced.

        Keras makes them inside the first trace, and TensorFlow then traces once more.
        """
        losses = self._compile_loss
        if losses is not None and not losses.built and y is not None:
            losses.build(y, self.output)

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
        whole_table_rows: int = 4096,
        precision: str = "float32",
        regularizers: Regularizers | None = None,
        **kwargs: Any,
    ) -> None:
        """As `keras.Model.compile`, with an optimizer that knows tables.

        Args:
            optimizer: One of `mtl_rec.optimizers`.
            loss: By task, such as `funnel_losses` gives.
            loss_weights: By task.
            metrics: As in Keras.
            jit_compile: Whether XLA compiles the dense part; "auto" where it pays.
            whole_table_rows: Tables of at most so many rows are swept whole.
            precision: `mixed_bfloat16` computes the step's products in bfloat16;
                weights, tables, logits and all predictions stay float32.
            regularizers: What a step does to batches and embeddings.
            **kwargs: As in Keras.
        """
        if not isinstance(optimizer, RowOptimizer | SplitOptimizer):
            raise ValueError(
                "`optimizer` must be one of `mtl_rec.optimizers`, which update tables "
                "row by row; `SplitOptimizer` takes any other for the dense weights. "
                f"Received: {optimizer!r}."
            )
        for policy in (self.dtype_policy.name, precision):
            if policy not in ("float32", "mixed_bfloat16"):
                raise ValueError(
                    "The dtype policy must be float32 or mixed_bfloat16: float16 needs "
                    f"loss scaling, which tables would miss. Received: {policy}."
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
        object.__setattr__(self, "whole_table_rows", whole_table_rows)
        object.__setattr__(self, "precision", precision)
        object.__setattr__(self, "regularizers", regularizers or Regularizers())
        if jit_compile == "auto":
            jit_compile = jit_pays(self)
        object.__setattr__(self, "jit_dense_part", jit_compile)
        optimizer.build(self.trainable_variables)

    def _symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        """Called by Keras before training; it builds with one batch, not several."""
        if iterator is not None:
            _, _, data = next(iter(iterator))
            data_batch = data[0] if isinstance(data, list | tuple) else next(data)
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data_batch)
        if self.holds_several_batches(x):
            x, y, sample_weight = keras.tree.map_structure(
                lambda part: None if part is None else part[0], (x, y, sample_weight)
            )
        data_batch = (self._whole(expanded(x)), y, sample_weight)
        super()._symbolic_build(data_batch=data_batch)

    def get_compile_config(self) -> dict[str, Any]:
        """Called by Keras on saving."""
        own = {"precision": self.precision}
        if self.regularizers.are_any:
            serialize = keras.saving.serialize_keras_object
            own["regularizers"] = serialize(self.regularizers)
        return {**super().get_compile_config(), **own}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Called by Keras on loading; a saved `jit_compile` is another backend's."""
        settings = keras.saving.deserialize_keras_object(config)
        self.compile(**{**settings, "jit_compile": "auto"})

    def train_step(self, *args: Any) -> Any:
        """One step, by the module of the backend."""
        return _steps().train_step(self, *args)

    def gradients(self, data: Any) -> list[tuple[keras.Variable, Any]]:
        """What a step on one device would follow, before clipping; nothing changes.

        Args:
            data: Inputs and labels of one batch, as `fit` takes them.

        Returns:
            Every variable that trains with its gradient; of a table in `row_tables`,
            that of the rows that the batch holds.
        """
        return _steps().gradients(self, data)


def _steps() -> Any:
    backend = keras.backend.backend()
    return importlib.import_module(f"mtl_rec.training.steps.{backend}")
