"""A language model that others have trained."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from mtl_rec.bert_shape import BertShape
from mtl_rec.models.initial_weights import InitialWeights, glorot_limit
from mtl_rec.pretrained.bert import bert


@keras.saving.register_keras_serializable(package="mtl_rec")
class PretrainedText(keras.layers.Layer):
    """Vectors of texts by a BERT: of its tokens' vectors the mean, or the first.

    Its weights are random until `assign_pretrained`, unless they are loaded with a
    model. It has no dropout. Those of its weights that train carry the learning rate
    that the optimizers of `mtl_rec.optimizers` use for them, and are pulled nowhere;
    other optimizers have one rate for all weights.

    Args:
        shape: Of the BERT, as `BertShape` or its fields by name.
        pooling: What becomes a text's vector.
        is_normalised: Whether vectors are scaled to a length of 1.
        trained_layers: How many of the last layers train, or `all` for the embeddings
            too.
        lora_rank: Of what is added to the kernels of queries and values, and is then
            all that trains; 0 for no addition.
        learning_rate: Of what trains.

    Inputs: ids of pieces, `(batch, length)` int32; 0 is padding, at the end.

    Output shape: `(batch, hidden_dim)`.

    Reference: Devlin et al., "BERT", NAACL 2019; Reimers and Gurevych, "Sentence-BERT",
    EMNLP 2019, section 3; Hu et al., "LoRA", ICLR 2022, equation 3 with a scale of 1.
    """

    def __init__(
        self,
        shape: BertShape | Mapping[str, Any],
        pooling: Literal["mean", "first"],
        is_normalised: bool,
        trained_layers: int | Literal["all"] = 0,
        lora_rank: int = 0,
        learning_rate: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.shape = shape if isinstance(shape, BertShape) else BertShape(**shape)
        self.pooling = pooling
        self.is_normalised = is_normalised
        self.trained_layers = trained_layers
        self.lora_rank = lora_rank
        self.learning_rate = learning_rate

    def build(self, ids_shape):
        own = bert(self.shape)
        # Past Keras' saving, which would add what LoRA learned to the kernels for good.
        self._layers.append(own)
        self._pretrained = tuple(own.weights)
        trained = {id(weight) for weight in self._trained(own)}
        for weight in own.weights:
            weight.trainable = id(weight) in trained
            weight.is_pretrained = True
            weight.own_learning_rate = self.learning_rate

    def _trained(self, own: keras.Model) -> Iterator[keras.Variable]:
        if self.lora_rank:
            for layer in own.layers:
                if layer.name.startswith("transformer_layer_"):
                    yield from self._adapted(layer)
        elif isinstance(self.trained_layers, str):
            yield from own.weights
        else:
            first = self.shape.num_layers - self.trained_layers
            for number in range(first, self.shape.num_layers):
                yield from own.get_layer(f"transformer_layer_{number}").weights

    def _adapted(self, layer: Any) -> Iterator[keras.Variable]:
        """Adds to the kernels of one layer, and gives what is added."""
        limit = glorot_limit(self.shape.hidden_dim, self.lora_rank)
        attention = layer._self_attention_layer
        with keras.name_scope(layer.name), keras.name_scope(attention.name):
            for dense in (attention.query_dense, attention.value_dense):
                dense.enable_lora(
                    self.lora_rank,
                    a_initializer=InitialWeights("uniform", limit),
                    b_initializer="zeros",
                )
                yield from (dense.lora_kernel_a, dense.lora_kernel_b)

    def assign_pretrained(self, values: Sequence[np.ndarray]) -> None:
        """Takes the weights of a BERT, in the order of `LoadedModel.weights`."""
        for weight, value in zip(self._pretrained, values, strict=True):
            weight.assign(value)

    def call(self, ids):
        mask = ops.cast(ops.not_equal(ids, 0), "int32")
        inputs = {
            "token_ids": ids,
            "segment_ids": ops.zeros_like(ids),
            "padding_mask": mask,
        }
        tokens = ops.cast(self._layers[0](inputs), "float32")
        if self.pooling == "first":
            vectors = tokens[:, 0]
        else:
            shares = ops.cast(mask, "float32")
            count = ops.maximum(ops.sum(shares, axis=1, keepdims=True), 1.0)
            vectors = ops.sum(tokens * shares[:, :, None], axis=1) / count
        if self.is_normalised:
            squares = ops.sum(ops.square(vectors), axis=1, keepdims=True)
            vectors = vectors * ops.rsqrt(ops.maximum(squares, 1e-24))
        return ops.cast(vectors, self.compute_dtype)

    def save_own_variables(self, store):
        for number, weight in enumerate(self.weights):
            store[str(number)] = weight

    def load_own_variables(self, store):
        for number, weight in enumerate(self.weights):
            weight.assign(store[str(number)])

    def compute_output_shape(self, ids_shape):
        return (ids_shape[0], self.shape.hidden_dim)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "shape": vars(self.shape),
            "pooling": self.pooling,
            "is_normalised": self.is_normalised,
            "trained_layers": self.trained_layers,
            "lora_rank": self.lora_rank,
            "learning_rate": self.learning_rate,
        }
