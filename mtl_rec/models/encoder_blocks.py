"""Blocks of the weights that make one vector of a list."""

from collections.abc import Iterator

from mtl_rec.config.pretrained import Pretrained
from mtl_rec.models.blocks import ENCODER, KERNEL, Block, BlockKey, Part, whole
from mtl_rec.models.encoders.choosing import encoder_layer
from mtl_rec.models.encoders.list_encoder import ListEncoder
from mtl_rec.models.field_blocks import ids_meaning, of_network
from mtl_rec.models.layer_names import layer_name
from mtl_rec.schema.fields import IdListField
from mtl_rec.schema.schema import Schema

HOW_TO_LEARN = {"dropout", "auxiliary_loss_weight"}
"""Settings of encoders that say nothing of what a weight stands for."""


def encoder_blocks(
    schema: Schema, embedding_dim: int, network: str = ""
) -> Iterator[Block]:
    """One block for every weight of the encoders of a network."""
    lists = {f.name: f for f in schema.fields if isinstance(f, IdListField)}
    for field in lists.values():
        if field.encoder is None or isinstance(field.encoder, Pretrained):
            continue
        width = _width(schema, field, embedding_dim)
        layer_start = layer_name(field.name, network)
        part = Part(ENCODER, field.name)
        steps = f"{ids_meaning(schema, field.vocabulary)} of width {width}"
        for other in (lists[own] for own in field.along):
            own_width = _width(schema, other, embedding_dim)
            meaning = f"{ids_meaning(schema, other.vocabulary)} of width {own_width}"
            yield Block(
                BlockKey(part, of_network(f"{KERNEL} of '{other.name}'", network)),
                f"{layer_start}_along/{KERNEL}_{other.name}",
                whole(own_width, width),
                (meaning, steps),
            )
        layer = encoder_layer(field.encoder, layer_start)
        if not isinstance(layer, ListEncoder):
            continue
        along = ", ".join(["", *(f"'{other}'" for other in field.along)])
        settings = field.encoder.model_dump(exclude=HOW_TO_LEARN)
        how = ", ".join(f"{name} {value}" for name, value in settings.items())
        for weight, shape in layer.shapes(width, field.length).items():
            yield Block(
                BlockKey(part, of_network(weight, network)),
                f"{layer.name}/{weight}",
                whole(*shape),
                (steps + along, how, " x ".join(map(str, shape))),
            )


def _width(schema: Schema, field: IdListField, embedding_dim: int) -> int:
    return schema.vocabularies[field.vocabulary].embedding_dim or embedding_dim
