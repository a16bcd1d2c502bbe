"""The users of the validation part, whom towers are asked for while they learn."""

from dataclasses import dataclass

from mtl_rec.retrieval.encoding import Inputs
from mtl_rec.retrieval.lists import best_items
from mtl_rec.retrieval.queries import Queries
from mtl_rec.retrieval.two_towers import TwoTowers, vectors


@dataclass(frozen=True)
class AskedUsers:
    """Queries, and all that towers read to answer them.

    Attributes:
        queries: Whom to ask for.
        users: Inputs of the query tower, a row for each query.
        catalogue: Inputs of the candidate tower, for all items.
        cutoff: Items of a list, k.
        exclude_seen: Whether lists leave out what the user had an event with before.
    """

    queries: Queries
    users: Inputs
    catalogue: Inputs
    cutoff: int
    exclude_seen: bool

    def recall(self, towers: TwoTowers) -> float:
        """Mean recall@k of the users."""
        users = vectors(towers.query, self.users)
        items = vectors(towers.candidate, self.catalogue)
        wanted = self.queries.relevant
        lists = best_items(
            lambda queries: users[queries] @ items.T,
            len(users),
            len(items),
            self.cutoff,
            self.queries.seen if self.exclude_seen else None,
        )
        found = wanted.has(lists).sum(axis=1) / wanted.lengths
        return float(found.mean())
