"""Nearest items among many: by inner product, exactly or nearly so."""

from typing import TYPE_CHECKING

from mtl_rec.lazy_names import lazy_names

__all__ = ["Found", "VectorIndex"]

if TYPE_CHECKING:
    from mtl_rec.retrieval.indexes.vector_index import Found, VectorIndex
else:
    __getattr__ = lazy_names(
        __name__, {"Found": "vector_index", "VectorIndex": "vector_index"}
    )
