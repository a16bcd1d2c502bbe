"""A BERT by KerasHub, from its sizes alone."""

from typing import Any

import keras

from mtl_rec.bert_shape import BertShape
from mtl_rec.errors import ConfigError

INSTALL = 'pip install "mtl-rec[text]"'


def keras_hub() -> Any:
    """The package, which is an extra.

    Raises:
        ConfigError: It is not installed.
    """
    try:
        import keras_hub  # pyright: ignore[reportMissingModuleSource]
    except ImportError as error:
        raise ConfigError(
            f"Encoders of texts need KerasHub, an extra: {INSTALL}."
        ) from error
    return keras_hub


def bert(shape: BertShape) -> keras.Model:
    """From `token_ids`, `segment_ids` and `padding_mask` to a vector of each token.

    It has random weights and no dropout.

    Raises:
        ConfigError: KerasHub is not installed.
    """
    backbone = keras_hub().models.BertBackbone(
        vocabulary_size=shape.num_pieces,
        num_layers=shape.num_layers,
        num_heads=shape.num_heads,
        hidden_dim=shape.hidden_dim,
        intermediate_dim=shape.intermediate_dim,
        max_sequence_length=shape.num_places,
        num_segments=shape.num_segments,
        dropout=0.0,
    )
    if shape.has_exact_gelu:
        use_exact_gelu(backbone)
    return tokens_of(backbone)


def tokens_of(backbone: keras.Model) -> keras.Model:
    """A BERT without what it makes of the first token, which nothing here needs."""
    return keras.Model(backbone.input, backbone.output["sequence_output"])


def use_exact_gelu(backbone: keras.Model) -> None:
    """Has layers compute GELU itself where they approximate it."""
    for layer in backbone._flatten_layers():
        if approximates_gelu(layer):
            layer.activation = keras.activations.gelu


def approximates_gelu(layer: keras.layers.Layer) -> bool:
    """Whether its activation is GELU by a hyperbolic tangent."""
    activation = getattr(layer, "activation", None)
    return getattr(activation, "__name__", "") == "gelu_approximate"
