"""What every number among the weights of a model belongs to.

Two models are compared by it: features, vocabularies and tasks have names, while the
place of their numbers among the weights follows from all that a model has.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mtl_rec.config.model import MMoE, Model, SharedBottom, SingleTask
from mtl_rec.models.blocks import (
    BIAS,
    BODY,
    KERNEL,
    TOWER,
    Block,
    BlockKey,
    Part,
    whole,
    widths,
)
from mtl_rec.models.encoder_blocks import encoder_blocks
from mtl_rec.models.field_blocks import (
    FirstUnits,
    embedding_blocks,
    field_meaning,
    first_layer_blocks,
    given_blocks,
    number_of,
    placed_rows,
)
from mtl_rec.models.field_order import field_order
from mtl_rec.models.interaction_blocks import interaction_blocks
from mtl_rec.models.language_model_blocks import language_model_blocks
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.linear_blocks import logit_blocks
from mtl_rec.models.placed_fields import SideOrder
from mtl_rec.schema.schema import Schema


def weight_blocks(config: Model, schema: Schema) -> list[Block]:
    """Blocks that cover all weights of `build_model`, for the same arguments."""
    width, interactions = config.embedding_dim, config.interactions
    orders = field_order(schema, width, interactions)
    architecture = config.architecture
    networks = [""]
    match architecture:
        case SharedBottom():
            units = architecture.bottom_units
            body = list(_bottom(schema, orders, units))
            tower_input = (units[-1], _bottom_meaning(units)) if units else None
        case SingleTask():
            units = architecture.bottom_units
            networks = [task.name for task in schema.tasks]
            body = list(_bottoms(schema, orders, units))
            tower_input = (units[-1], _bottom_meaning(units)) if units else None
        case MMoE():
            units = architecture.expert_units
            body = list(_experts_and_gates(schema, orders, architecture))
            mixed = _experts_meaning(architecture.num_experts, units)
            tower_input = (units[-1], f"mixture of {mixed}")
    return [
        *given_blocks(schema, config.embedding_dim),
        *language_model_blocks(schema, width, networks),
        *(
            block
            for network in networks
            for block in (
                *embedding_blocks(schema, width, network),
                *encoder_blocks(schema, width, network),
                *interaction_blocks(interactions, schema, width, network),
            )
        ),
        *body,
        *_towers(schema, orders, tower_input, architecture.tower_units),
        *logit_blocks(
            schema,
            architecture.tower_units[-1],
            _tower_meaning(architecture.tower_units),
            is_apart=isinstance(architecture, SingleTask),
        ),
    ]


def _bottom(
    schema: Schema, orders: Sequence[SideOrder], units: tuple[int, ...]
) -> Iterator[Block]:
    if not units:
        return
    first = FirstUnits(0, units[0], _bottom_meaning(units[:1]))
    yield from first_layer_blocks(schema, orders, "bottom_0", [first])
    for depth in range(1, len(units)):
        part = Part(BODY, f"bottom_{depth}")
        before, after = (_bottom_meaning(units[:d]) for d in (depth, depth + 1))
        regions = {
            KERNEL: (whole(units[depth - 1], units[depth]), (before, after)),
            BIAS: (whole(units[depth]), (after,)),
        }
        for detail, (region, meaning) in regions.items():
            path = f"bottom_{depth}/{detail}"
            yield Block(BlockKey(part, detail), path, region, meaning)


def _bottoms(
    schema: Schema, orders: Sequence[SideOrder], units: tuple[int, ...]
) -> Iterator[Block]:
    """Those of every task, the deeper ones stacked."""
    if not units:
        return
    meanings = [_bottom_meaning(units[: depth + 1]) for depth in range(len(units))]
    for position, task in enumerate(schema.tasks):
        first = FirstUnits(0, units[0], meanings[0], network=task.name)
        name = layer_name("bottom_0", task.name)
        yield from first_layer_blocks(schema, orders, name, [first])
        own = slice(position, position + 1)
        for depth, (narrow, wide) in enumerate(pairwise(units)):
            before, after = meanings[depth : depth + 2]
            regions = {
                KERNEL: ((own, *whole(narrow, wide)), (before, after)),
                BIAS: ((own, *whole(wide)), (after,)),
            }
            for detail, (region, meaning) in regions.items():
                part = Part(BODY, f"of {task.name}, layer {depth + 2}")
                path = f"bottoms/{detail}_{depth}"
                yield Block(BlockKey(part, detail), path, region, meaning)


def _experts_and_gates(
    schema: Schema, orders: Sequence[SideOrder], config: MMoE
) -> Iterator[Block]:
    count, units = config.num_experts, config.expert_units
    first = [FirstUnits(0, count * units[0], _experts_meaning(count, units[:1]))]
    gate = f"gate of {_experts_meaning(count, units)}"
    for task in schema.tasks:
        start = first[-1].stop
        first.append(FirstUnits(start, start + count, gate, task.name))
    yield from first_layer_blocks(schema, orders, "experts_and_gates", first)
    for depth in range(len(units) - 1):
        own, wide = units[depth], units[depth + 1]
        before, after = (
            _experts_meaning(count, units[:d]) for d in (depth + 1, depth + 2)
        )
        regions = {
            KERNEL: (whole(count, own, wide), (before, after)),
            BIAS: (whole(count, wide), (after,)),
        }
        for detail, (region, meaning) in regions.items():
            key = BlockKey(Part(BODY, f"experts, layer {depth + 2}"), detail)
            yield Block(key, f"experts/{detail}_{depth}", region, meaning)


def _towers(
    schema: Schema,
    orders: Sequence[SideOrder],
    tower_input: tuple[int, str] | None,
    units: tuple[int, ...],
) -> Iterator[Block]:
    """Args: `tower_input` has width and meaning, or is None where it is the fields."""
    for position, task in enumerate(schema.tasks):
        part, own = Part(TOWER, task.name), slice(position, position + 1)
        width, before = tower_input or (0, "")
        for depth, wide in enumerate(units):
            after = _tower_meaning(units[: depth + 1])
            bias = BlockKey(part, f"{BIAS}_{depth}")
            kernel, path = f"{KERNEL}_{depth}", f"towers/{KERNEL}_{depth}"
            if depth == 0 and tower_input is None:
                joined = [placed for order in orders for placed in order.joined()]
                for placed, rows in placed_rows(joined):
                    yield Block(
                        BlockKey(part, f"{kernel} of '{placed.field.name}'"),
                        path,
                        (own, rows, slice(0, wide)),
                        (field_meaning(schema, placed), after),
                        number_of(schema, placed),
                        bias,
                    )
            else:
                region = (own, *whole(width, wide))
                yield Block(BlockKey(part, kernel), path, region, (before, after))
            yield Block(bias, f"towers/{bias.detail}", (own, *whole(wide)), (after,))
            width, before = wide, after


def _bottom_meaning(units: tuple[int, ...]) -> str:
    return f"bottom of {widths(units)} units"


def _experts_meaning(count: int, units: tuple[int, ...]) -> str:
    return f"{count} experts of {widths(units)} units"


def _tower_meaning(units: tuple[int, ...]) -> str:
    return f"tower of {widths(units)} units"
