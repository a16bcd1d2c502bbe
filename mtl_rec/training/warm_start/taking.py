"""Copies the weights of one model that stand for the same in another."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from mtl_rec.models.blocks import EMBEDDING, GIVEN, Block, BlockKey, Part
from mtl_rec.training.warm_start.report import PartReport
from mtl_rec.training.warm_start.rescaling import rescale
from mtl_rec.training.warm_start.row_changes import row_changes
from mtl_rec.training.warm_start.rows import ABSENT, source_rows
from mtl_rec.training.warm_start.weights import Weights


@dataclass
class _Counts:
    """What becomes a `PartReport`."""

    taken: int = 0
    new: int = 0
    left_behind: int = 0
    reasons: list[str] = field(default_factory=list)


def take_weights(own: Weights, source: Weights) -> list[PartReport]:
    """Overwrites in `own` what the source has, and says what.

    Args:
        own: Of the model that is to be trained; its arrays are changed.
        source: Of the model that it starts from.
    """
    theirs = {block.key: block for block in source.blocks}
    ours = {block.key for block in own.blocks}
    known_parts = {block.key.part for block in source.blocks}
    counts: dict[Part, _Counts] = defaultdict(_Counts)
    taken: set[BlockKey] = set()
    # Given vectors were not learned: those of the model that is to be trained stay.
    for block in own.blocks:
        if block.key.part.kind == GIVEN:
            continue
        match = theirs.get(block.key)
        part = counts[block.key.part]
        if match is None:
            part.new += block.size
            is_new = block.key.part not in known_parts
            part.reasons.append("new" if is_new else f"{block.key.detail} is new")
        elif match.meaning != block.meaning:
            part.new += block.size
            part.left_behind += match.size
            part.reasons.append(_difference(match, block))
        else:
            _take(block, match, own, source, part)
            taken.add(block.key)
    for block in source.blocks:
        if block.key not in ours and block.key.part.kind != GIVEN:
            part = counts[block.key.part]
            part.left_behind += block.size
            is_gone = not part.taken and not part.new
            part.reasons.append("gone" if is_gone else f"{block.key.detail} has gone")
    for part, reason in rescale(own, source, taken):
        counts[part].reasons.append(reason)
    return [
        PartReport(
            *part, c.taken, c.new, c.left_behind, "; ".join(dict.fromkeys(c.reasons))
        )
        for part, c in counts.items()
    ]


def _take(
    block: Block, match: Block, own: Weights, source: Weights, counts: _Counts
) -> None:
    """Copies a block that means the same."""
    theirs, ours = source.of(match), own.of(block)
    if block.key.part.kind != EMBEDDING:
        # A field's columns may stand in weights of other shapes.
        ours[...] = theirs.reshape(ours.shape)
        counts.taken += block.size
        return
    name = block.key.part.name
    rows = source_rows(name, source.learned, own.learned)
    is_known = rows != ABSENT
    ours[is_known] = theirs[rows[is_known]]
    width = ours.shape[1]
    counts.taken += int(is_known.sum()) * width
    counts.new += int((~is_known).sum()) * width
    counts.left_behind += (len(theirs) - len(np.unique(rows[is_known]))) * width
    counts.reasons += row_changes(name, rows, source.learned, own.learned)


def _difference(match: Block, block: Block) -> str:
    pairs = zip(match.meaning, block.meaning, strict=False)
    return ", ".join(f"{old} became {new}" for old, new in pairs if old != new)
