"""What stands between the embedded fields and any architecture, a file a kind.

Each kind says twice what it makes: as tensors for the graph, and as placed fields, from
which the blocks of weights are told without a graph.
"""

from mtl_rec.models.interactions.choosing import interacting, interacting_order

__all__ = ["interacting", "interacting_order"]
