"""What training does to a batch so that a model learns what holds for others."""

from pydantic import Field

from mtl_rec.config.base import Rate, Section
from mtl_rec.config.features import Name


class ColdStartDropout(Section):
    """Ids that training replaces by the unknown one now and then."""

    features: tuple[Name, ...] = Field(min_length=1)
    """Categorical features that are ids: those of a side become unknown together, each
    side by itself. Lists keep their ids: what a user did is known of a new one too."""
    rate: Rate
    """Share of the exposures; with `group_requests`, of the requests for the user."""


class TextAugmentation(Section):
    """Changes to the tokens of every text feature, drawn anew in every step."""

    dropout: Rate = 0.0
    """Share of the tokens that are left out."""
    swap: Rate = 0.0
    """Share of the pairs of neighbours that change places."""
