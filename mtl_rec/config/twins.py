"""The single-task twin of a run: the same in all but what tasks share."""

from itertools import pairwise

from mtl_rec.config.model import MMoE, SharedBottom, SingleTask
from mtl_rec.config.run import RunConfig

SUFFIX = "-single-task"


def single_task_twin(config: RunConfig) -> RunConfig:
    """The same run with a network of its own for each task.

    Each network has at least the dense weights that lie on the path of one task in the
    given model, so that it does not lose for lack of capacity; embeddings are as wide.
    It starts from random weights, as no run has others for it.

    Args:
        config: Of any architecture; one of single tasks keeps it.

    Returns:
        A config whose name ends in `-single-task`, which leaves its folder and versions
        apart from the given run's.
    """
    architecture = config.model.architecture
    match architecture:
        case SingleTask():
            units = architecture.bottom_units
        case SharedBottom():
            units = architecture.bottom_units
        case MMoE():
            units = _as_one_body(architecture.num_experts, architecture.expert_units)
    twin = SingleTask(
        kind="single_task",
        bottom_units=units,
        tower_units=architecture.tower_units,
        dropout=architecture.dropout,
    )
    name = config.name.removesuffix(SUFFIX)[: 100 - len(SUFFIX)] + SUFFIX
    changes = {
        "name": name,
        "model": config.model.model_copy(update={"architecture": twin}),
        "training": config.training.model_copy(update={"warm_start": None}),
    }
    return config.model_copy(update=changes)


def _as_one_body(num_experts: int, units: tuple[int, ...]) -> tuple[int, ...]:
    """Widths of one body with as many weights as all experts and a gate on top."""
    # The gate sees the fields too: a unit for each expert.
    widths = [num_experts * (units[0] + 1)]
    for before, own in pairwise(units):
        weights = num_experts * (before + 1) * own
        widths.append(max(own, -(-weights // (widths[-1] + 1))))
    return tuple(widths)
