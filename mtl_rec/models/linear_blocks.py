"""Blocks of the linear terms of tasks, and of what else makes up their logits."""

from collections.abc import Iterator, Sequence

from mtl_rec.config.tasks import Task
from mtl_rec.models.blocks import (
    BIAS,
    EMBEDDING,
    HEAD,
    KERNEL,
    Block,
    BlockKey,
    Part,
    whole,
)
from mtl_rec.models.field_blocks import (
    field_meaning,
    ids_meaning,
    number_of,
    placed_rows,
)
from mtl_rec.models.layer_names import linear_numbers_name, linear_table_name
from mtl_rec.models.linear_terms import linear_tables
from mtl_rec.models.placed_fields import PlacedField
from mtl_rec.models.table_columns import FIELD_GROUPS
from mtl_rec.models.table_reads import rows_by_vocabulary
from mtl_rec.schema.fields import NumberField
from mtl_rec.schema.schema import Schema


def logit_blocks(
    schema: Schema, tower_width: int, tower_meaning: str, is_apart: bool
) -> Iterator[Block]:
    """Those of `funnel_heads` behind the towers, for the same arguments.

    Args:
        schema: Has the tasks.
        tower_width: Of what `TaskHeads` takes.
        tower_meaning: What that is.
        is_apart: As there.
    """
    if is_apart:
        for task in schema.tasks:
            yield from _linear_blocks(schema, [task], task.name)
    else:
        yield from _linear_blocks(schema, schema.tasks, "")
    for position, task in enumerate(schema.tasks):
        part, own, logit = Part(HEAD, task.name), _at(position), _logit_meaning(task)
        regions = {
            KERNEL: ((own, *whole(tower_width)), (tower_meaning, logit)),
            BIAS: ((own,), (logit,)),
        }
        for detail, (region, meaning) in regions.items():
            key = BlockKey(part, detail)
            path = f"logits/{detail}"
            yield Block(key, path, region, meaning, logit_of=task.name)


def _linear_blocks(
    schema: Schema, tasks: Sequence[Task], network: str
) -> Iterator[Block]:
    """Those of `linear_terms`, a column for each of the tasks."""
    for of_small, vocabularies in linear_tables(schema).items():
        path = f"{linear_table_name(of_small, network)}/table"
        for name, (first, num_rows) in rows_by_vocabulary(vocabularies).items():
            for position, task in enumerate(tasks):
                yield Block(
                    BlockKey(Part(EMBEDDING, name), f"linear weight of {task.name}"),
                    path,
                    (slice(first, first + num_rows), _at(position)),
                    (ids_meaning(schema, name), _logit_meaning(task)),
                    logit_of=task.name,
                )
    for is_by_request, sides in FIELD_GROUPS.items():
        path = f"{linear_numbers_name(is_by_request, network)}/{KERNEL}"
        numbers = [
            PlacedField(field, 1)
            for side in sides
            for field in schema.fields_of(NumberField, side)
        ]
        for placed, rows in placed_rows(numbers):
            for position, task in enumerate(tasks):
                part = Part(HEAD, task.name)
                yield Block(
                    BlockKey(part, f"{KERNEL} of '{placed.field.name}'"),
                    path,
                    (rows, _at(position)),
                    (field_meaning(schema, placed), _logit_meaning(task)),
                    number_of(schema, placed),
                    BlockKey(part, BIAS),
                    logit_of=task.name,
                )


def _logit_meaning(task: Task) -> str:
    given = f" after {task.after}" if task.after else ""
    return f"{task.kind} task{given}"


def _at(position: int) -> slice:
    return slice(position, position + 1)
