"""The users of the validation part, whom towers are asked for while they learn."""

from dataclasses import dataclass

import numpy as np

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

    def recalls_of(
        self, users: np.ndarray, items: np.ndarray, among: np.ndarray | None = None
    ) -> np.ndarray:
        """Recall@k of each user by these vectors.

        Args:
            users: `(users, dim)`.
            items: `(items, dim)`.
            among: `(items,)`, those that alone are listed and should be found; all if
                not given.

        Returns:
            `(users,)`, NaN of those who should find nothing.
        """
        wanted = self.queries.relevant
        wanted = wanted if among is None else wanted.only(among)
        lists = best_items(
            lambda queries: users[queries] @ items.T,
            len(users),
            len(items),
            self.cutoff,
            self.queries.seen if self.exclude_seen else None,
            among,
        )
        return wanted.recall(lists)

    def vectors(self, towers: TwoTowers) -> tuple[np.ndarray, np.ndarray]:
        """What towers make of the users and of all items, `(rows, dim)` each."""
        return (
            vectors(towers.query, self.users),
            vectors(towers.candidate, self.catalogue),
        )
