"""Interactions: what stands between the embedded fields and any architecture."""

from typing import Annotated, Literal

from pydantic import Field

from mtl_rec.config.base import Count, Section


class SideProducts(Section):
    """The fields, and how well each of the user fits each of the item.

    Dot products, wherever the embeddings of the two are equally wide.
    """

    kind: Literal["side_products"]


class Concat(Section):
    """The fields side by side and nothing else."""

    kind: Literal["concat"]


class FactorizationMachine(Section):
    """The fields, and the sum of the entry-wise products of all pairs of them.

    A vector for each width of embeddings: the second-order term of a factorization
    machine before its entries are added, which is called bi-interaction.
    """

    kind: Literal["fm"]


class Dot(Section):
    """The fields, and how well any two of them fit, as in DLRM.

    Dot products, of two fields of one side and of the context too, wherever their
    embeddings are equally wide.
    """

    kind: Literal["dot"]


class Cross(Section):
    """The layers of DCN-v2 in place of the fields.

    Each multiplies the fields with a linear layer of what the layer before made of
    them; the embeddings may differ in width. All of it is computed for every candidate
    of a request, where the other kinds leave most of the user's part to the request.
    """

    kind: Literal["cross"]
    num_layers: Count = 2
    """Layers, one after the other."""
    rank: Count | None = None
    """Width that a layer's square matrix goes through; a quarter of the fields' width
    is usually as good and costs half. Not given: the whole matrix."""


Interactions = Annotated[
    SideProducts | Concat | FactorizationMachine | Dot | Cross,
    Field(discriminator="kind"),
]

SIDE_PRODUCTS = SideProducts(kind="side_products")
"""Where nothing else is stated."""
