"""How the items of the highest scores are found among many: an index of vectors."""

from typing import Annotated, Literal

from pydantic import Field

from mtl_rec.config.base import Count, Section

Neighbours = Annotated[int, Field(ge=2, le=256)]
"""Of an item in a graph; each costs 4 or 8 bytes."""


class Exact(Section):
    """Every item is compared, and none is missed."""

    kind: Literal["exact"]


class FaissHnsw(Section):
    """A graph of near items to walk through, by faiss.

    Reference: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor
    search using Hierarchical Navigable Small World graphs", TPAMI 2020.
    """

    kind: Literal["faiss_hnsw"]
    neighbours: Neighbours = 16
    """Near items that each item is linked with; twice as many on the lowest level."""
    build_breadth: Count = 128
    """Items that are kept in view while the place of a new one is looked for."""
    search_breadth: Count = 256
    """Items that a search keeps in view: the more, the fewer are missed."""


class FaissIvfPq(Section):
    """Lists of near items, their vectors shortened to 4 bits a number.

    Reference: Jégou, Douze and Schmid, "Product Quantization for Nearest Neighbor
    Search", TPAMI 2011.
    """

    kind: Literal["faiss_ivf_pq"]
    lists: Count | None = None
    """Groups of items. Not given: four times the square root of the items."""
    probes: Count = 64
    """Lists that a search reads: the more, the fewer items are missed."""
    dims_per_code: Count = 1
    """Numbers of a vector that share a code of 4 bits."""
    reranked: Count = 8
    """How many times the items that are asked for are compared by their whole vectors,
    those that are best by their codes."""


class FaissIvfSq(Section):
    """Lists of near items, their vectors rounded to 16 bits."""

    kind: Literal["faiss_ivf_sq"]
    lists: Count | None = None
    """Groups of items. Not given: four times the square root of the items."""
    probes: Count = 128
    """Lists that a search reads: the more, the fewer items are missed."""


class Usearch(Section):
    """A graph as that of `faiss_hnsw`, by usearch."""

    kind: Literal["usearch"]
    neighbours: Neighbours = 16
    """Near items that each item is linked with; twice as many on the lowest level."""
    build_breadth: Count = 128
    """Items that are kept in view while the place of a new one is looked for."""
    search_breadth: Count = 256
    """Items that a search keeps in view: the more, the fewer are missed."""


RetrievalIndex = Annotated[
    Exact | FaissHnsw | FaissIvfPq | FaissIvfSq | Usearch, Field(discriminator="kind")
]
