"""Events with what towers read of them."""

from dataclasses import dataclass

import numpy as np

from mtl_rec.retrieval.encoding import Inputs
from mtl_rec.retrieval.interactions import Events


@dataclass(frozen=True)
class EncodedEvents:
    """Events and the inputs of both towers, a row for each in the same order.

    Attributes:
        events: Who, what, and how much each counts.
        users: Inputs of the query tower, `(events, width)` each.
        items: Inputs of the candidate tower, `(events, width)` each.
    """

    events: Events
    users: Inputs
    items: Inputs

    def __len__(self) -> int:
        """Returns the number of events."""
        return len(self.events)

    def joined(self, later: "EncodedEvents") -> "EncodedEvents":
        """These events and later ones."""
        return EncodedEvents(
            self.events.joined(later.events),
            _joined(self.users, later.users),
            _joined(self.items, later.items),
        )


def _joined(first: Inputs, second: Inputs) -> Inputs:
    return {name: np.concatenate([own, second[name]]) for name, own in first.items()}
