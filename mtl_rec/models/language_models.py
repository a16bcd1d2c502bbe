"""Texts that a language model encodes: its vectors, and a projection of them."""

from collections.abc import Iterator, Mapping

import keras

from mtl_rec.config.features import language_model_of
from mtl_rec.config.pretrained import Frozen, Full, LowRank, Pretrained, TopLayers
from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.models.encoders.missing_vectors import MissingVectors
from mtl_rec.models.encoders.pretrained_text import PretrainedText
from mtl_rec.models.given_vectors import projection_name
from mtl_rec.models.initial_weights import InitialWeights, glorot_limit
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.layers.text_rows import TextRows
from mtl_rec.pretrained.language_model import load_language_model
from mtl_rec.schema.fields import IdListField, Vocabulary
from mtl_rec.schema.language_models import LanguageModel
from mtl_rec.schema.schema import Schema


def language_models(
    schema: Schema,
) -> Iterator[tuple[Vocabulary, LanguageModel, Pretrained]]:
    """Every language model of fields with its pieces and what is to become of it."""
    stand_in = {text.name for text in schema.fallback_texts}
    return (own for own in _declared(schema) if own[0].name not in stand_in)


def _declared(
    schema: Schema,
) -> Iterator[tuple[Vocabulary, LanguageModel, Pretrained]]:
    """Those too that stand in for vectors."""
    for feature in schema.features:
        config = language_model_of(feature)
        vocabulary = schema.vocabularies.get(feature.name)
        if config and vocabulary and vocabulary.language_model:
            yield vocabulary, vocabulary.language_model, config


def texts_of(schema: Schema, vocabulary: Vocabulary) -> list[IdListField]:
    """The fields that have the pieces of a language model."""
    lists = (field for field in schema.fields if isinstance(field, IdListField))
    return [field for field in lists if field.vocabulary == vocabulary.name]


def language_model_name(vocabulary: str, config: Pretrained, network: str) -> str:
    """The layer of a language model: one for all networks while it is frozen."""
    is_shared = isinstance(config.mode, Frozen)
    return layer_name(f"{vocabulary}_language_model", "" if is_shared else network)


def encoded_texts(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    embedding_dim: int,
    network: str,
    texts_read: dict[str, keras.KerasTensor],
) -> Iterator[tuple[IdListField, int, keras.KerasTensor]]:
    """The fields that language models encode, each with its width and its vectors.

    Args:
        inputs: From `packed_inputs`.
        schema: Has the fields.
        embedding_dim: As `embed_fields` has it.
        network: As there.
        texts_read: Vectors that were made by frozen models for a network before, by
            field; gets those that are made now.
    """
    for vocabulary, about, config in language_models(schema):
        width = vocabulary.embedding_dim or embedding_dim
        limit = glorot_limit(about.bert.hidden_dim, width)
        layer = _layer(about, config, vocabulary.name, network)
        projection = keras.layers.Dense(
            width,
            use_bias=False,
            kernel_initializer=InitialWeights("uniform", limit),
            name=projection_name(vocabulary.name, network),
        )
        for field in texts_of(schema, vocabulary):
            _require_places(about, field)
            vectors = texts_read.get(field.name)
            if vectors is None:
                rows = TextRows(field.name, name=f"{layer.name}_of_{field.name}")
                vectors = rows(layer(inputs[field.name]))
            if isinstance(config.mode, Frozen):
                texts_read[field.name] = vectors
            yield field, width, projection(vectors)


def _layer(
    about: LanguageModel, config: Pretrained, vocabulary: str, network: str
) -> PretrainedText:
    trained, rank, rate = 0, 0, None
    match config.mode:
        case Frozen():
            pass
        case TopLayers():
            _require_layers(about, config.mode.num_layers, vocabulary)
            trained, rate = config.mode.num_layers, config.mode.learning_rate
        case LowRank():
            rank, rate = config.mode.rank, config.mode.learning_rate
        case Full():
            trained, rate = "all", config.mode.learning_rate
    return PretrainedText(
        about.bert,
        about.pooling,
        about.is_normalised,
        trained,
        rank,
        rate,
        name=language_model_name(vocabulary, config, network),
    )


def _require_layers(about: LanguageModel, count: int, vocabulary: str) -> None:
    if count > about.bert.num_layers:
        raise ConfigError(
            f"`num_layers` of the encoder of '{vocabulary}' must be at most "
            f"{about.bert.num_layers}, which its language model has. Received: {count}."
        )


def _require_places(about: LanguageModel, field: IdListField) -> None:
    if field.length > about.bert.num_places:
        raise ConfigError(
            f"`max_tokens` of '{field.name}' must be at most {about.bert.num_places}, "
            f"which its language model can read. Received: {field.length}."
        )


def fill_language_models(model: keras.Model, schema: Schema) -> None:
    """Reads the weights of all language models into a new model.

    Raises:
        ArtifactError: One can't be read, or is not what the preprocessor has seen.
    """
    own = [layer for layer in model.layers if isinstance(layer, PretrainedText)]
    fallbacks = [layer for layer in model.layers if isinstance(layer, MissingVectors)]
    for vocabulary, about, config in _declared(schema):
        loaded = load_language_model(config.source)
        if loaded.about != about:
            raise ArtifactError(
                f"The language model in '{config.source}' has changed since the "
                f"preprocessor was fitted, which cuts '{vocabulary.name}' into its "
                "pieces. Begin a new run, with `mtl-rec train --fresh`."
            )
        suffix = language_model_name(vocabulary.name, config, "")
        for layer in own:
            if layer.name.rpartition(".")[2] == suffix:
                layer.assign_pretrained(loaded.weights)
        for layer in fallbacks:
            if layer.field == vocabulary.name:
                layer.reader.assign_pretrained(loaded.weights)
