"""Lists for one user: retrieve, rank, apply rules, and tell how it came about."""

from typing import TYPE_CHECKING

from mtl_rec.lazy_names import lazy_names

if TYPE_CHECKING:
    from mtl_rec.retrieval.recommending.opening import open_recommender
    from mtl_rec.retrieval.recommending.recommended import RecommendedList
    from mtl_rec.retrieval.recommending.recommender import Recommender
else:
    # Rules and merging need no framework.
    __getattr__ = lazy_names(
        __name__,
        {
            "RecommendedList": "recommended",
            "Recommender": "recommender",
            "open_recommender": "opening",
        },
    )

__all__ = ["RecommendedList", "Recommender", "open_recommender"]
