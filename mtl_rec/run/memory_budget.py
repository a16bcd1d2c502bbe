"""Which encoded splits are in memory: those that fit, first come, first served."""

from dataclasses import replace

from mtl_rec.schema.encoded import EncodedExposures


class MemoryBudget:
    """The memory that the splits of a run share.

    Rows in files are shuffled otherwise than rows in memory. So whether they are in
    memory follows from their size alone: not from what an earlier run left in files,
    nor from the process or backend that trains.

    Args:
        gib: GiB for all splits together.
    """

    def __init__(self, gib: float) -> None:
        self.bytes_left = int(gib * 2**30)

    def placed(self, exposures: EncodedExposures) -> EncodedExposures:
        """The same rows, in memory if they fit into what is left of it."""
        if exposures.num_bytes > self.bytes_left:
            return exposures
        self.bytes_left -= exposures.num_bytes
        in_memory = exposures.rows(0, len(exposures))
        return replace(in_memory, counts=exposures.counts)
