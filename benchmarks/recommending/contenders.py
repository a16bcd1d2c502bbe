"""Ways to make a list of 20."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mtl_rec.retrieval.recommending import Recommender
from mtl_rec.retrieval.recommending.merging import merge
from mtl_rec.retrieval.recommending.requests import request_arrays
from recommending.customers import LENGTH, Customer


@dataclass(frozen=True)
class Made:
    """A list.

    Attributes:
        item_ids: The best first.
        ranked: Items that the ranker scored.
    """

    item_ids: list[str]
    ranked: int


Contender = Callable[[Customer], Made]


def retrieve_and_rank(recommender: Recommender) -> Contender:
    """What `mtl-rec recommend` does."""

    def make(customer: Customer) -> Made:
        made = recommender.recommend(customer.request, customer.bought)
        return Made([item.item_id for item in made.items], made.ranked)

    return make


def rank_everything(recommender: Recommender) -> Contender:
    """The ceiling: every item of the shop is scored."""
    items = recommender.items
    every = np.arange(len(items))

    def make(customer: Customer) -> Made:
        arrays = request_arrays(recommender.inputs, customer.request, False)
        bought = [items.positions[item.encode()] for item in customer.bought]
        candidates = np.delete(every, bought)
        ranking = recommender.ranker.rank(arrays, candidates)
        best = candidates[ranking.order[:LENGTH]]
        return Made(items.item_ids[best].tolist(), len(candidates))

    return make


def retrieve_alone(recommender: Recommender) -> Contender:
    """The sources' own order, and no ranker."""

    def make(customer: Customer) -> Made:
        arrays = request_arrays(recommender.inputs, customer.request, False)
        excluded = np.array([*(i.encode() for i in customer.bought), None], object)[:-1]
        found = [own.retrieve(arrays, excluded)[0] for own in recommender.retrievers]
        best = merge(found).items[:LENGTH]
        return Made(recommender.items.item_ids[best].tolist(), 0)

    return make
