"""Blocks of the weights of language models, and of what projects their vectors."""

from collections.abc import Iterator

from mtl_rec.bert_shape import bert_shapes
from mtl_rec.config.pretrained import Frozen, LowRank
from mtl_rec.models.blocks import (
    ENCODER,
    GIVEN,
    KERNEL,
    PROJECTION,
    Block,
    BlockKey,
    Part,
    whole,
)
from mtl_rec.models.field_blocks import of_network
from mtl_rec.models.given_vectors import projection_name
from mtl_rec.models.language_models import language_model_name, language_models
from mtl_rec.models.text_fallbacks import fallback_name, fallbacks
from mtl_rec.schema.schema import Schema


def language_model_blocks(
    schema: Schema, embedding_dim: int, networks: list[str]
) -> Iterator[Block]:
    """One block for every weight; those of a frozen model count as given."""
    for vocabulary, about, config in language_models(schema):
        name, dim = vocabulary.name, about.bert.hidden_dim
        width = vocabulary.embedding_dim or embedding_dim
        is_frozen = isinstance(config.mode, Frozen)
        rank = config.mode.rank if isinstance(config.mode, LowRank) else 0
        for network in [""] if is_frozen else networks:
            layer = language_model_name(name, config, network)
            for path, shape in bert_shapes(about.bert, rank).items():
                yield Block(
                    BlockKey(
                        Part(GIVEN if is_frozen else ENCODER, name),
                        of_network(path, network),
                    ),
                    f"{layer}/{path}",
                    whole(*shape),
                    (f"language model {about.fingerprint}", config.mode.kind, path),
                )
        for network in networks:
            yield Block(
                BlockKey(Part(PROJECTION, name), of_network(KERNEL, network)),
                f"{projection_name(name, network)}/{KERNEL}",
                whole(dim, width),
                (f"language model {about.fingerprint}", f"width {width}"),
            )
    for text, about in fallbacks(schema):
        layer = f"{fallback_name(text.vector)}/language_model"
        for path, shape in bert_shapes(about.bert).items():
            yield Block(
                BlockKey(Part(GIVEN, text.name), path),
                f"{layer}/{path}",
                whole(*shape),
                (f"language model {about.fingerprint}", path),
            )
