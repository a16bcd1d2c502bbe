"""What a step must move and compute, and what the device can."""

from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
from gpu import data
from gpu.data import timed

FLOAT32 = 4
MOMENTS = 2
BYTES = {"float32": 4, "mixed_bfloat16": 2}


@dataclass(frozen=True)
class Device:
    """Measured limits.

    Attributes:
        name: As JAX calls it.
        platform: `cpu`, `gpu`, ...
        bandwidth: Bytes a second, read and written, in a pass over an array larger than
            any cache.
        matmul_rate: FLOPs a second of a square matrix product, by dtype policy.
        memory: Bytes that were free at the start.
    """

    name: str
    platform: str
    bandwidth: float
    matmul_rate: dict[str, float]
    memory: int


def measure_device(is_quick: bool) -> Device:
    """The limits of the device that JAX uses by default."""
    device = jax.devices()[0]
    on_cpu = device.platform == "cpu"
    memory = _free_memory(device)
    size = (1 << 28 if is_quick else 1 << 29) if on_cpu else 1 << 32
    copy_seconds = _seconds_of_a_copy(size)
    side = (1024 if is_quick else 2048) if on_cpu else 8192
    rates = {}
    for policy, dtype in (("float32", jnp.float32), ("mixed_bfloat16", jnp.bfloat16)):
        square = jnp.ones((side, side), dtype)
        rates[policy] = 2 * side**3 / _fastest(lambda x: x @ x, square)
    return Device(
        device.device_kind, device.platform, 2 * size / copy_seconds, rates, memory
    )


def _seconds_of_a_copy(size: int) -> float:
    # Into the same place: on a CPU the first touch of a new page costs far more.
    increment = jax.jit(lambda x: x + 1, donate_argnums=0)
    held = [increment(jnp.zeros(size // FLOAT32, jnp.float32))]

    def copy() -> None:
        held[0] = increment(held[0]).block_until_ready()

    return min(timed(copy, 5).seconds)


def _fastest(function, operand) -> float:
    compiled = jax.jit(function)
    compiled(operand).block_until_ready()
    return min(timed(lambda: compiled(operand).block_until_ready(), 5).seconds)


def _free_memory(device) -> int:
    statistics = device.memory_stats() or {}
    if "bytes_limit" in statistics:
        return statistics["bytes_limit"] - statistics.get("bytes_in_use", 0)
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/meminfo does not say how much memory is available.")


OURS = 1 + MOMENTS + 1
"""Arrays of a table's size: table and moments, and one more while it is drawn."""
DENSE_ADAM = 1 + MOMENTS + 2
"""The same where the gradient is a table too, with a temporary of the update."""


def bytes_needed(table_rows: int, batch_size: int, tables: int = OURS) -> int:
    """So many arrays of a table's size, and a batch's rows of all kinds."""
    row = data.WIDTH * FLOAT32
    return tables * table_rows * row + 12 * batch_size * data.FIELDS * row


@dataclass(frozen=True)
class Work:
    """The least that a step can do.

    Attributes:
        bytes: Moved from and to memory.
        flops: Of matrix products.
    """

    bytes: int
    flops: int

    def seconds(self, device: Device, policy: str) -> float:
        """At the measured limits, moving and computing at the same time."""
        return max(
            self.bytes / device.bandwidth, self.flops / device.matmul_rate[policy]
        )


def least_work(architecture: str, policy: str, batch_size: int, distinct: int) -> Work:
    """Counted from the shapes of the model.

    Rows of the table and of both moments are read and written once. Of the dense part
    every activation is written going forward and read going back, the embeddings'
    gradients are written and read once; weights, their gradients and moments are small.
    """
    num_tasks, dim = len(data.TASKS), data.FIELDS * data.WIDTH
    hidden = data.NUM_EXPERTS * data.EXPERT_UNITS
    tower = num_tasks * data.TOWER_UNITS
    if architecture == "mmoe":
        gates, mixed = num_tasks * data.NUM_EXPERTS, num_tasks * data.EXPERT_UNITS
        mixing = gates * data.EXPERT_UNITS
        products = dim * (hidden + gates) + mixing + mixed * data.TOWER_UNITS
    else:
        gates = mixed = 0
        products = dim * hidden + hidden * tower
    products += tower
    activations = dim + hidden + gates + mixed + tower + num_tasks
    row = data.WIDTH * FLOAT32
    ids = batch_size * data.FIELDS * FLOAT32
    rows = distinct * row * (1 + MOMENTS) * 2
    gradients = 2 * batch_size * dim * BYTES[policy]
    dense = 2 * batch_size * activations * BYTES[policy]
    # A product costs a multiplication and an addition, once forward and twice back.
    return Work(ids + rows + gradients + dense, 6 * batch_size * products)
