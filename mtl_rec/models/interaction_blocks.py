"""Blocks of the weights of interactions."""

from collections.abc import Iterator, Sequence

from mtl_rec.config.feature_section import SIDES
from mtl_rec.config.interactions import (
    Concat,
    Cross,
    Dot,
    FactorizationMachine,
    Interactions,
    SideProducts,
)
from mtl_rec.models.blocks import BIAS, INTERACTION, KERNEL, Block, BlockKey, Part
from mtl_rec.models.field_blocks import field_meaning, of_network, placed_rows
from mtl_rec.models.field_order import embedded_fields
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.placed_fields import PlacedField
from mtl_rec.schema.schema import Schema

PlacedRows = Sequence[tuple[PlacedField, slice]]


def interaction_blocks(
    config: Interactions, schema: Schema, embedding_dim: int, network: str = ""
) -> Iterator[Block]:
    """Those of a network."""
    match config:
        case SideProducts() | Concat() | FactorizationMachine() | Dot():
            return
        case Cross():
            fields = embedded_fields(schema, embedding_dim).everything(*SIDES)
            placed = list(placed_rows([PlacedField(f, width) for width, f in fields]))
            if not placed:
                return
            for depth in range(config.num_layers):
                layer = layer_name(f"cross_{depth}", network)
                for field, detail, path, region, meaning in (
                    _square(schema, placed)
                    if config.rank is None
                    else _of_rank(schema, placed, config.rank)
                ):
                    where = of_network(f"cross {depth + 1}", network)
                    key = BlockKey(Part(INTERACTION, field), f"{detail} of {where}")
                    yield Block(key, f"{layer}/{path}", region, meaning)


_Region = tuple[str, str, str, tuple[slice, ...], tuple[str, ...]]
"""Name of the field, detail, name of the weight, region and meaning."""


def _square(schema: Schema, placed: PlacedRows) -> Iterator[_Region]:
    for one, rows in placed:
        before = field_meaning(schema, one)
        for other, columns in placed:
            meaning = (before, field_meaning(schema, other))
            detail = f"{KERNEL} to '{other.field.name}'"
            yield one.field.name, detail, KERNEL, (rows, columns), meaning
    yield from _biases(schema, placed)


def _of_rank(schema: Schema, placed: PlacedRows, rank: int) -> Iterator[_Region]:
    whole, between = slice(0, rank), f"rank {rank}"
    for one, own in placed:
        name, meaning = one.field.name, field_meaning(schema, one)
        yield name, "kernel_in", "kernel_in", (own, whole), (meaning, between)
        yield name, "kernel_out", "kernel_out", (whole, own), (between, meaning)
    yield from _biases(schema, placed)


def _biases(schema: Schema, placed: PlacedRows) -> Iterator[_Region]:
    for one, own in placed:
        yield one.field.name, BIAS, BIAS, (own,), (field_meaning(schema, one),)
